// `npm run flash` at a serial port, behind which is a stand-in chip.

import type { ChipFaults, StandInChip } from '../../src/simulator/chip/stand_in_chip'
import type { Ended } from './command_run'
import { runScript } from './command_run'
import { PseudoPort } from './pseudo_port'

/** Flashes a chip; nobody can pull the lines of a pseudo-terminal, so that it is in its loader from the start. */
export async function flashAtPort (chip: StandInChip, faults: ChipFaults, options: string[]): Promise<Ended> {
  const port = await PseudoPort.open(bytes => chip.receive(bytes))
  chip.send = bytes => port.send(bytes)
  chip.pulled = () => { void port.close() }
  chip.state = 'rom'
  chip.packets = 0
  chip.faults = faults
  let isPressed = false
  const ended = await runScript('flash', ['--port', port.path, ...options], output => {
    if (isPressed || !output.includes('the board starts')) return
    isPressed = true
    // Its user presses reset.
    chip.setLines(false, true)
    chip.setLines(false, false)
  })
  await port.close()
  return ended
}
