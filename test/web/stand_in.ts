// Runs in the page before its program: a stand-in chip behind the browser's way to serial ports. `standInOptions`
// says which; `standIn` is for the test to ask.
import type { ChipName } from '../../src/flash/layout'
import type { ChipFaults } from '../../src/simulator/chip/stand_in_chip'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { StandInPort } from '../../src/simulator/chip/stand_in_port'

export interface StandInOptions {
  chip: ChipName
  faults: ChipFaults
  /** What the board says when it starts. */
  speech: string
  /** Whether the owner chooses a port in the browser's dialog. */
  isChosen: boolean
}

const page = globalThis as unknown as { standInOptions: StandInOptions, standIn: StandInChip, navigator: object }
const { chip: name, faults, speech } = page.standInOptions
const chip = new StandInChip(name)
chip.faults = faults
chip.started = () => {
  setTimeout(() => chip.send(Uint8Array.from(speech, character => character.charCodeAt(0))), 50)
}
page.standIn = chip

const serial = {
  async requestPort (): Promise<StandInPort> {
    if (!page.standInOptions.isChosen) throw new Error('No port selected by the user.')
    chip.packets = 0
    return new StandInPort(chip)
  },
}
Object.defineProperty(page.navigator, 'serial', { value: serial })
