// A stand-in chip behind the shape of a browser's serial port.

import type { SerialSignals, WebSerialPort } from '../../flash/serial_port'
import type { StandInChip } from './stand_in_chip'

export class StandInPort implements WebSerialPort {
  readable: ReadableStream<Uint8Array> | null = null
  writable: WritableStream<Uint8Array> | null = null
  private lines = { dataTerminalReady: false, requestToSend: false }
  private isGone = false

  constructor (private readonly chip: StandInChip) {}

  async open (): Promise<void> {
    if (this.isGone) throw new Error('the port is gone')
    this.readable = new ReadableStream<Uint8Array>({
      start: controller => {
        this.chip.send = bytes => controller.enqueue(bytes)
        this.chip.pulled = () => {
          this.isGone = true
          controller.error(new Error('The device has been lost.'))
        }
      },
      cancel: () => { this.chip.send = () => undefined },
    })
    this.writable = new WritableStream<Uint8Array>({
      write: bytes => {
        if (this.isGone) throw new Error('The device has been lost.')
        this.chip.receive(bytes)
      },
    })
  }

  async close (): Promise<void> {
    this.readable = null
    this.writable = null
  }

  async setSignals (signals: SerialSignals): Promise<void> {
    if (this.isGone) throw new Error('The device has been lost.')
    const { dataTerminalReady, requestToSend } = signals
    if (dataTerminalReady !== undefined) this.lines.dataTerminalReady = dataTerminalReady
    if (requestToSend !== undefined) this.lines.requestToSend = requestToSend
    this.chip.setLines(this.lines.dataTerminalReady, this.lines.requestToSend)
  }

  async setBaudRate (): Promise<void> {}

  getInfo (): { usbVendorId?: number, usbProductId?: number } {
    if (this.chip.isUsb) return { usbVendorId: 0x303a, usbProductId: 0x1001 }
    return { usbVendorId: 0x10c4, usbProductId: 0xea60 }
  }
}
