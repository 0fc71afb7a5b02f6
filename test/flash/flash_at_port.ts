// `npm run flash` at a serial port, behind which is a stand-in chip.

import type { ChipFaults, StandInChip } from '../../src/simulator/chip/stand_in_chip'
import type { Answers, Ended } from './command_run'
import { runAtTerminal, runScript } from './command_run'
import { PseudoPort } from './pseudo_port'

/**
 * Flashes a chip; nobody can pull the lines of a pseudo-terminal, so that it is in its loader from the start. `answers`
 * are those of a user at a terminal, all of which must be asked for; null: nobody sits there.
 */
export async function flashAtPort (
  chip: StandInChip, faults: ChipFaults, options: string[], answers: Answers | null = null,
): Promise<Ended> {
  const port = await PseudoPort.open(bytes => chip.receive(bytes))
  chip.send = bytes => port.send(bytes)
  chip.pulled = () => { void port.close() }
  chip.state = 'rom'
  chip.packets = 0
  chip.faults = faults
  let isPressed = false
  const all = ['--port', port.path, ...options]
  const press = (output: string): void => {
    if (isPressed || !output.includes('the board starts')) return
    isPressed = true
    // Its user presses reset.
    chip.setLines(false, true)
    chip.setLines(false, false)
  }
  const { left = [], ...ended }: Ended & { left?: Answers } = answers
    ? await runAtTerminal('flash', all, answers, press)
    : await runScript('flash', all, press)
  await port.close()
  if (left.length > 0) throw new Error(`nobody asked for ${JSON.stringify(left)}`)
  return ended
}
