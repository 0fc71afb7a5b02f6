// A client at the end of a stream that the test lets through or holds up, byte for byte.
import { Duplex } from 'node:stream'
import { type Packet, generate, parser } from 'mqtt-packet'

export class HeldStream extends Duplex {
  isHeld = false
  readonly packets: Packet[] = []
  private readonly reader = parser({ protocolVersion: 5 })
  private heldWrite: (() => void) | null = null

  constructor() {
    super()
    this.reader.on('packet', (packet) => this.packets.push(packet))
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    const take = (): void => {
      this.reader.parse(bytes)
      done()
    }
    if (this.isHeld) this.heldWrite = take
    else take()
  }

  /** What the client sends. */
  bring(packet: Packet): void {
    this.push(generate(packet, { protocolVersion: 5 }))
  }

  /** Whether a write of the broker is under way. */
  get isWriting(): boolean {
    return this.heldWrite !== null
  }

  /** Everything goes through from now on. */
  letGo(): void {
    this.isHeld = false
    this.heldWrite?.()
  }
}
