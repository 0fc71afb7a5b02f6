// What the page says at the end.

import { BoardLog, portOf, tryLine } from '../flash'
import type { BootLog } from '../flash'
import { element, say, show } from './element'
import type { Configuration } from './form'

function logLine (line: string): void {
  const log = element('log')
  log.hidden = false
  log.append(`${line}\n`)
  log.scrollTop = log.scrollHeight
}

/** Answers what takes the lines of one board and shows them for people. */
export const boardPrinter = (): (line: string) => void => BoardLog.printer(logLine)

function finish (title: string, text: string): void {
  say('result-title', title)
  say('result-text', text)
  show('result', true)
  element('result-title').focus()
}

/** What a device asks for, by the words that its form has for it. */
function facts (address: string, configuration: Configuration): [string, string][] {
  const user = Object.keys(Object(configuration.users) as object).at(-1)
  const name = configuration.hostname as string | undefined
  return [
    ...name === undefined ? [] : [['Name', name] as [string, string]],
    ['Address', address],
    ['Port', String(portOf(configuration))],
    ['User', user ?? 'none: everybody in your network may connect'],
  ]
}

/** The board has started, and this is what it said. */
export function showResult ({ address, accessPoint }: BootLog, configuration: Configuration): void {
  for (const id of ['result-facts', 'result-try', 'result-command']) show(id, address !== '')
  if (address) {
    element('result-facts').replaceChildren(...facts(address, configuration).flatMap(([name, value]) => {
      const [term, text] = [document.createElement('dt'), document.createElement('dd')]
      term.textContent = name
      text.textContent = value
      return [term, text]
    }))
    say('result-command', tryLine(address, configuration))
    finish('Your broker runs', 'This is what your devices and Home Assistant ask for:')
  } else if (accessPoint) {
    finish('The board has opened its own network',
      `It is called ${accessPoint}: its settings are absent or wrong, and the log says why. Set the board up again.`)
  } else {
    finish('The board has no address yet',
      'All is written, but it has not joined the Wi-Fi. Look at the name and the password of the network, and ' +
      'whether it is one of 2.4 GHz; then set the board up again.')
  }
}

/** What went wrong, in a sentence that says what to do. */
export function showProblem ({ message }: Error): void {
  const end = /[.?]$/.test(message) ? '' : '.'
  element('problem').textContent = message.charAt(0).toUpperCase() + message.slice(1) + end
  show('problem', true)
  // Whoever has to mend a field is there already.
  if (document.querySelector('[aria-invalid=true]')) return
  element('problem').focus()
  element('problem').scrollIntoView({ block: 'center' })
}

/** Nothing has been done yet. */
export function clearResult (): void {
  for (const id of ['problem', 'result', 'work', 'log', 'elsewhere']) show(id, false)
  element('log').replaceChildren()
  element('parts').replaceChildren()
}
