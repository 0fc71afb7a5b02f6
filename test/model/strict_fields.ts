// The fields of packets, read as section 1.5 tells it from bytes of which perhaps not all have come: slow, strict, and
// without a line of the broker's.

export const MALFORMED = 0x81
export const PROTOCOL_ERROR = 0x82

/** What has come ends before the packet does: nothing is wrong so far. */
export class NeedMore extends Error {}

/** The packet cannot be read on: it is malformed. */
export class Malformed extends Error {}

export class Fields {
  at = 0
  /** Reason Codes for what is wrong although it can be read. */
  readonly wrong = new Set<number>()

  /** `bytes` are those of the packet that have come, `end` is where it ends. */
  constructor(readonly bytes: Uint8Array, private end: number) {}

  get isAtEnd(): boolean {
    return this.at >= this.end
  }

  /** Takes so many bytes. */
  take(size: number): Uint8Array {
    if (this.at + size > this.end) throw new Malformed('behind the end')
    if (this.at + size > this.bytes.length) throw new NeedMore('to come')
    this.at += size
    return this.bytes.subarray(this.at - size, this.at)
  }

  number(size: number): number {
    return this.take(size).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** [MQTT-1.5.5-1] */
  variable(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      if (scale > 128 ** 3) throw new Malformed('a Variable Byte Integer of five bytes')
      const byte = this.number(1)
      value += (byte & 127) * scale
      if (byte > 127) continue
      if (byte === 0 && scale > 1) throw new Malformed('a Variable Byte Integer that is not the shortest')
      return value
    }
  }

  binary(): Uint8Array {
    return this.take(this.number(2))
  }

  /** [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
  text(): string {
    const bytes = this.binary()
    if (!isText(bytes) || bytes.includes(0)) this.wrong.add(MALFORMED)
    return Buffer.from(bytes).toString('utf8')
  }

  /** A block of `size` bytes by itself: until `leave`, which answers whether all of it was read. */
  enter(size: number): () => void {
    if (this.at + size > this.end) throw new Malformed('a block behind the end')
    const before = this.end
    this.end = this.at + size
    return () => {
      if (!this.isAtEnd) throw new Malformed('a block that is not read to its end')
      this.end = before
    }
  }

  checkEnd(): void {
    if (!this.isAtEnd) throw new Malformed('bytes behind the last field')
  }
}

export function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

type Form = (fields: Fields) => unknown

const text: Form = (fields) => fields.text()
const binary: Form = (fields) => fields.binary()
const two: Form = (fields) => fields.number(2)
const four: Form = (fields) => fields.number(4)
const pair: Form = (fields) => [fields.text(), fields.text()]

/** Of a byte that is 0 or 1, and of what must not be 0. */
const boolean: Form = (fields) => {
  if (fields.number(1) > 1) fields.wrong.add(PROTOCOL_ERROR)
}
const notZero = (form: Form): Form => (fields) => {
  const value = form(fields)
  if (value === 0) fields.wrong.add(PROTOCOL_ERROR)
  return value
}
const topicName: Form = (fields) => {
  const topic = fields.text()
  if (topic === '' || /[+#]/.test(topic)) fields.wrong.add(PROTOCOL_ERROR)
}

const MESSAGE = ['publish', 'will']
const ACKNOWLEDGE = ['puback', 'pubrec', 'pubrel', 'pubcomp']

/** By identifier: its form, and where a client may send it. [MQTT 5.0 table 2-4] */
const PROPERTIES: Record<number, [form: Form, places: string[]]> = {
  1: [boolean, MESSAGE], 2: [four, MESSAGE], 3: [text, MESSAGE], 8: [topicName, MESSAGE], 9: [binary, MESSAGE],
  11: [notZero((fields) => fields.variable()), ['subscribe']], 17: [four, ['connect', 'disconnect']], 18: [text, []],
  19: [two, []], 21: [text, ['connect', 'auth']], 22: [binary, ['connect', 'auth']], 23: [boolean, ['connect']],
  24: [four, ['will']], 25: [boolean, ['connect']], 26: [text, []], 28: [text, []],
  31: [text, [...ACKNOWLEDGE, 'disconnect', 'auth']], 33: [notZero(two), ['connect']], 34: [two, ['connect']],
  35: [two, ['publish']], 36: [boolean, []], 37: [boolean, []],
  38: [pair, ['connect', ...MESSAGE, ...ACKNOWLEDGE, 'subscribe', 'unsubscribe', 'disconnect', 'auth']],
  39: [notZero(four), ['connect']], 40: [boolean, []], 41: [boolean, []], 42: [boolean, []],
}

/** Reads a block of properties of one kind of packet; answers those that a client may send there. */
export function propertiesOf(fields: Fields, place: string): Map<number, unknown> {
  const found = new Map<number, unknown>()
  const leave = fields.enter(fields.variable())
  while (!fields.isAtEnd) {
    const identifier = fields.variable()
    const [form, places] = PROPERTIES[identifier] ?? []
    if (!form) throw new Malformed('no such property')
    // Whether that is an error of the packet's form or of the protocol, the standard leaves open.
    if (!places.includes(place)) throw new Malformed('a property of another packet')
    if (identifier !== 38 && found.has(identifier)) fields.wrong.add(PROTOCOL_ERROR)
    found.set(identifier, form(fields))
  }
  leave()
  return found
}
