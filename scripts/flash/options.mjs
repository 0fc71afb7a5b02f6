// What the commands that touch a board have in common in their command lines.
import { Command, InvalidArgumentError } from 'commander'

/** The exit code of a command line that is wrong, as of every other mistake of its user. */
const USAGE = 2

/** The command line of `npm run <name> --`. */
export const commandLine = name => new Command(`npm run ${name} --`)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))

/** A parser of whole numbers within bounds. */
export const wholeNumber = (from, to) => text => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= from && number <= to) return number
  throw new InvalidArgumentError(`A number from ${from} to ${to} is needed.`)
}
