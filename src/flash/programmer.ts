// A board on a serial port, in its loader: what is written is verified, and what is read comes from flash.

import { md5 } from '@noble/hashes/legacy.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { ESPLoader } from 'esptool-js'
import { FlashError } from './flash_error'
import { CHIP_LAYOUTS, chipLayout, FLASH_SIZE, PART_WORDS } from './layout'
import type { ChipLayout, Part } from './layout'
import type { WebSerialPort } from './serial_port'
import { FlashTransport } from './transport'

/** How fast the ROM talks, and how fast the loader does that is put in its place. Bits per second. */
const ROM_BAUD = 115_200
const LOADER_BAUD = 921_600
/** How long the reset line is held, milliseconds. */
const RESET_MS = 100

export interface ProgrammerOptions {
  /** Bits per second while flashing. */
  baudRate?: number
  /** What the loader says, for whoever wants to see it. */
  log?: (line: string) => void
}

/** Of the part at `index`, `fraction` is written: 0 to 1. */
export type FlashProgress = (part: Part, index: number, fraction: number) => void

export class Programmer {
  private constructor (
    readonly layout: ChipLayout, private readonly loader: ESPLoader, private readonly transport: FlashTransport,
  ) {}

  /** Resets a board into its loader. Throws FlashError when it does not answer or is none of ours. */
  static async connect (port: WebSerialPort, options: ProgrammerOptions = {}): Promise<Programmer> {
    const log = options.log ?? (() => undefined)
    const transport = new FlashTransport(port)
    const loader = new ESPLoader({
      transport,
      baudrate: options.baudRate ?? LOADER_BAUD,
      romBaudrate: ROM_BAUD,
      terminal: { clean: () => undefined, write: log, writeLine: log },
    })
    try {
      await loader.main()
      return new Programmer(await supported(loader), loader, transport)
    } catch (error) {
      await transport.disconnect().catch(() => undefined)
      if (error instanceof FlashError) throw error
      throw new FlashError('no answer', 'the board does not answer: hold its BOOT button while this starts, and ' +
        `check that the cable carries data (${messageOf(error)})`)
    }
  }

  /** Writes parts one after another and compares the MD5 that the board finds of each. */
  async write (parts: Part[], progress: FlashProgress = () => undefined): Promise<void> {
    for (const [index, part] of parts.entries()) {
      await this.attempt(() => this.loader.writeFlash({
        fileArray: [{ data: part.data, address: part.address }],
        // Anything but "keep" rewrites the bootloader's header and leaves its hash wrong.
        flashMode: 'keep',
        flashFreq: 'keep',
        flashSize: 'keep',
        eraseAll: false,
        compress: true,
        calculateMD5Hash: image => bytesToHex(md5(image)),
        reportProgress: (_, written, total) => progress(part, index, written / total),
      }), PART_WORDS[part.name])
    }
  }

  /** Reads a range of flash. */
  async read (address: number, size: number, progress: (fraction: number) => void = () => undefined):
  Promise<Uint8Array> {
    return this.attempt(async () => {
      const data = await this.loader.readFlash(address, size, (_, done) => progress(done / size))
      if (bytesToHex(md5(data)) === await this.loader.flashMd5sum(address, size)) return data
      throw new FlashError('verification', 'what was read is not what the board holds: try again, or a lower speed')
    }, 'flash')
  }

  /** Reads ranges back and compares them byte by byte: for what the board cannot start without. */
  async compare (parts: Part[]): Promise<void> {
    for (const part of parts) {
      const found = await this.read(part.address, part.data.length)
      if (found.some((byte, index) => byte !== part.data[index])) throw verificationFailed(PART_WORDS[part.name])
    }
  }

  async erase (): Promise<void> {
    await this.attempt(() => this.loader.eraseFlash(), 'flash')
  }

  /** Starts what is in flash and leaves the port open, for its log, at the speed of the board's console. */
  async start (): Promise<void> {
    await this.transport.changeBaudrate(ROM_BAUD)
    // esptool's own reset only lets the line go, and remembers the other one as pulled: both together do nothing.
    await this.transport.setDTR(false)
    await this.transport.setRTS(true)
    await new Promise(resolve => setTimeout(resolve, RESET_MS))
    await this.transport.setRTS(false)
  }

  /** What the board has said since the last call, after `start`. Throws FlashError once the board is gone. */
  heard (): Uint8Array {
    const bytes = this.transport.peek()
    this.transport.flushInput()
    if (bytes.length === 0 && this.transport.isLost) throw boardGone()
    return bytes
  }

  async close (): Promise<void> {
    await this.transport.disconnect().catch(() => undefined)
  }

  private async attempt<T> (run: () => Promise<T>, what: string): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (error instanceof FlashError) throw error
      if (/MD5/.test(messageOf(error))) throw verificationFailed(what)
      throw new FlashError('cable', `${what}: ${messageOf(error)}. Check the cable and do the same again, ` +
        'which mends what was half written')
    }
  }
}

/** Nothing is left to be mended, but perhaps to be seen. */
const boardGone = (): FlashError => new FlashError('cable',
  'all is written, but the board is gone while it starts: check the cable; "npm run monitor" shows what it says')

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

const verificationFailed = (what: string): FlashError => new FlashError('verification',
  `${what} did not arrive as it was sent: do the same again, at a lower speed if it stays so`)

/** The layout of the chip in a loader's hand; throws when the chip or its flash cannot hold the broker. */
async function supported (loader: ESPLoader): Promise<ChipLayout> {
  const layout = chipLayout(loader.chip.CHIP_NAME)
  if (!layout) {
    const chips = CHIP_LAYOUTS.map(({ chip }) => chip).join(', ')
    throw new FlashError('wrong chip', `this board has ${loader.chip.CHIP_NAME}; Espruino runs here on ${chips}`)
  }
  const size = await loader.detectFlashSize()
  const bytes = size ? parseInt(size) * (size.endsWith('MB') ? 0x10_0000 : 0x400) : 0
  if (bytes < FLASH_SIZE) {
    throw new FlashError('too small', `this board has ${size ?? 'an unknown amount'} of flash; 4MB are needed`)
  }
  return layout
}
