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
  /** Whether the cable is in the chip's own USB. */
  isUsb: boolean
  /** Whether it is a board that runs, in the test's own process, from the first port on or from the second. */
  runsFrom: number
}

/** What the test puts into the page: `toBoard` hears what is written, and `fromBoard` is for it to call. */
interface Bridge { toBoard: (bytes: number[]) => Promise<void>, fromBoard: (bytes: number[]) => void }

const page = globalThis as unknown as
  Bridge & { standInOptions: StandInOptions, standIn: StandInChip, navigator: object }
const { chip: name, faults, speech, isUsb, runsFrom } = page.standInOptions
const chip = new StandInChip(name)
chip.faults = faults
chip.isUsb = isUsb
chip.started = () => {
  setTimeout(() => chip.send(Uint8Array.from(speech, character => character.charCodeAt(0))), 50)
}
page.standIn = chip

/** The console of a board that runs. */
const consolePort = {
  readable: null as ReadableStream<Uint8Array> | null,
  writable: null as WritableStream<Uint8Array> | null,
  async open (): Promise<void> {
    this.readable = new ReadableStream<Uint8Array>({
      start: controller => { page.fromBoard = bytes => controller.enqueue(Uint8Array.from(bytes)) },
      cancel: () => { page.fromBoard = () => undefined },
    })
    this.writable = new WritableStream<Uint8Array>({ write: bytes => page.toBoard(Array.from(bytes)) })
  },
  close: async (): Promise<void> => undefined,
  setSignals: async (): Promise<void> => undefined,
  getInfo: (): object => ({}),
}

let chosen = 0
const serial = {
  async requestPort (): Promise<unknown> {
    if (!page.standInOptions.isChosen) throw new Error('No port selected by the user.')
    if (chosen++ >= runsFrom) return consolePort
    chip.packets = 0
    return new StandInPort(chip)
  },
}
Object.defineProperty(page.navigator, 'serial', { value: serial })
