// What the page says at the end.

import { portOf, tryLine } from '../flash'
import type { BootLog } from '../flash'
import { element, say, show } from './element'

/** A line of what the board says. */
export function logLine (line: string): void {
  const log = element('log')
  log.hidden = false
  log.append(`${line}\n`)
  log.scrollTop = log.scrollHeight
}

function finish (title: string, text: string): void {
  say('result-title', title)
  say('result-text', text)
  show('result', true)
  element('result-title').focus()
}

/** The board has started, and this is what it said. */
export function showResult ({ address, accessPoint }: BootLog, configuration: Record<string, unknown>): void {
  show('result-link', address !== '')
  show('result-command', address !== '')
  if (address) {
    const link = document.createElement('a')
    link.href = link.textContent = `mqtt://${address}:${portOf(configuration)}`
    element('result-link').replaceChildren(link)
    say('result-command', tryLine(address, configuration))
    finish('Your broker runs', 'Point your devices to this address; try it from any computer in your network:')
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
  element('problem').textContent = message.charAt(0).toUpperCase() + message.slice(1) + '.'
  show('problem', true)
  // Whoever has to mend a field is there already.
  if (!document.querySelector('[aria-invalid=true]')) element('problem').focus()
}

/** Nothing has been done yet. */
export function clearResult (): void {
  for (const id of ['problem', 'result', 'work', 'log']) show(id, false)
  element('log').replaceChildren()
}
