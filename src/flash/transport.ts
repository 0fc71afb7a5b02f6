// esptool's transport, with two of its habits mended: it writes to the console unasked, and a cable that is pulled out
// is waited for until the command's own time is over.

import { Transport } from 'esptool-js'
import { FlashError } from './flash_error'
import type { WebSerialPort } from './serial_port'

export const cablePulled = (): FlashError => new FlashError('cable',
  'the board is gone: check the cable and run the same command again, which mends what was half written')

export class FlashTransport extends Transport {
  private readers = 0
  private lose: () => void = () => undefined
  private lost = new Promise<void>(resolve => { this.lose = resolve })
  private isClosing = false

  constructor (port: WebSerialPort) {
    super(port as unknown as ConstructorParameters<typeof Transport>[0], false)
  }

  override trace (): void {}

  override async readLoop (): Promise<void> {
    this.readers++
    await super.readLoop()
    if (--this.readers === 0 && !this.isClosing) this.lose()
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
