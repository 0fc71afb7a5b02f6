// What the commands of package.json have in common in their command lines. They are read before anything is built, so
// that a question or a mistake is answered at once.
import { InvalidArgumentError } from 'commander'
import { createCommand } from '../../src/port/node/command_line.mjs'
import { boardNames } from './board.mjs'

export { USAGE, readPort } from '../../src/port/node/command_line.mjs'

/** The command line of `npm run <name> --`. @param {string} name */
export const commandLine = name => createCommand(`npm ${name === 'start' ? name : `run ${name}`} --`)

/** A parser of whole numbers within bounds. @param {number} from @param {number} to */
export const wholeNumber = (from, to = Number.MAX_SAFE_INTEGER) => (/** @type {string} */ text) => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= from && number <= to) return number
  const bounds = to === Number.MAX_SAFE_INTEGER ? `of ${from} or more` : `from ${from} to ${to}`
  throw new InvalidArgumentError(`A number ${bounds} is needed.`)
}

/** A parser of what is more than nothing. @param {string} text */
export function positive (text) {
  const number = Number(text)
  if (number > 0 && number < Infinity) return number
  throw new InvalidArgumentError('A number above 0 is needed.')
}

/** A parser of names behind commas, each of them one of `known`. @param {string[]} known */
export const namesOf = known => (/** @type {string} */ text) => {
  const names = text.split(',')
  if (names.every(name => known.includes(name))) return names
  throw new InvalidArgumentError(`Names of these are needed, with commas between them: ${known.join(', ')}.`)
}

/**
 * The boards that a command is told, all unless told; a board that there is not ends it.
 * @param {import('commander').Command} command
 */
export function boardsAsked (command) {
  const known = boardNames()
  const asked = command.argument('[board...]', `boards: ${known.join(', ')}`).parse().args
  const unknown = asked.find(name => !known.includes(name))
  if (unknown) command.error(`error: there is no board ${unknown}; the boards are ${known.join(', ')}`)
  return asked.length > 0 ? asked : known
}
