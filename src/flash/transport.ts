// esptool's transport, with three of its habits mended: it writes to the console unasked, waits for a cable that is
// pulled out until the command's own time is over, and then hangs on the lock of its port.

import { Transport } from 'esptool-js'
import { FlashError } from './flash_error'
import type { WebSerialPort } from './serial_port'

export const cablePulled = (): FlashError => new FlashError('cable',
  'the board is gone: check the cable and do the same again, which mends what was half written')

export class FlashTransport extends Transport {
  private readers = 0
  /** Whether the cable was pulled out. */
  isLost = false
  private lose: () => void = () => undefined
  private lost = new Promise<void>(resolve => { this.lose = resolve })
  private isClosing = false

  constructor (port: WebSerialPort) {
    super(port, false)
  }

  /** esptool's own keeps the lock on a port that fails, and then waits for ever until it is given back. */
  override async write (data: Uint8Array): Promise<void> {
    const writer = (this.device as { writable: WritableStream<Uint8Array> }).writable.getWriter()
    try {
      await writer.write(this.slipWriter(data))
    } catch {
      throw cablePulled()
    } finally {
      writer.releaseLock()
    }
  }

  override trace (): void {}

  override async readLoop (): Promise<void> {
    this.readers++
    await super.readLoop()
    if (--this.readers > 0 || this.isClosing) return
    this.isLost = true
    this.lose()
  }

  override async read (timeout: number): Promise<Uint8Array> {
    const gone = this.lost.then(() => { throw cablePulled() })
    return Promise.race([super.read(timeout), gone])
  }

  override async disconnect (): Promise<void> {
    this.isClosing = true
    await super.disconnect()
    this.isClosing = false
  }
}
