// Reads the fields of one packet, for who does not judge it: a client that trusts its broker, and a port that must know
// what a packet asks for before the core does.
import { SUBSCRIPTION_IDENTIFIER, USER_PROPERTY } from '../codec/property_identifier'

/** Bytes of each property's value that is a number of a fixed size. [MQTT 5.0 table 2-4] */
const PROPERTY_SIZES: Record<number, number> = {
  0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1, 0x27: 4,
  0x28: 1, 0x29: 1, 0x2a: 1,
}

type TextTaker = (identifier: number, text: string, value: string) => void

/** Past the packet's end everything is empty. */
export class FieldReader {
  constructor(private readonly bytes: Buffer, public at: number) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0
  }

  number(size: number): number {
    let value = 0
    while (size-- > 0) value = value * 256 + this.byte()
    return value
  }

  variable(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) break
    }
    return value
  }

  text(): string {
    const size = this.number(2)
    this.at += size
    return this.bytes.toString('utf8', this.at - size, this.at)
  }

  /** Binary data: a copy. */
  binary(): Uint8Array {
    const size = this.number(2)
    this.at += size
    return new Uint8Array(this.bytes.subarray(this.at - size, this.at))
  }

  /** Reads the length of a block of properties; answers where it ends. */
  blockEnd(): number {
    const size = this.variable()
    // No packet makes anybody go on behind its end.
    return Math.min(this.at + size, this.bytes.length)
  }

  /** Goes past the properties; `take` is given numbers, `takeText` texts, of a User Property both. */
  properties(take?: (identifier: number, value: number) => void, takeText?: TextTaker): void {
    const end = this.blockEnd()
    while (take && this.at < end) this.property(take, takeText)
    this.at = end
  }

  /** Goes past one property. */
  skipProperty(): void {
    this.property(() => undefined)
  }

  private property(take: (identifier: number, value: number) => void, takeText?: TextTaker): void {
    const identifier = this.byte()
    if (identifier === SUBSCRIPTION_IDENTIFIER) take(identifier, this.variable())
    else if (PROPERTY_SIZES[identifier]) take(identifier, this.number(PROPERTY_SIZES[identifier]))
    else {
      const text = this.text()
      const value = identifier === USER_PROPERTY ? this.text() : ''
      takeText?.(identifier, text, value)
    }
  }
}
