// MQTT 3.1.1 packets of the program's own client: what it sends, and how it reads what the broker answers.

function field(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 65_535) throw new RangeError('A text has at most 65,535 bytes.')
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

const twoBytes = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

function packet(first: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const head = [first]
  let size = body.length
  do {
    head.push(size > 127 ? size & 127 | 128 : size)
    size >>>= 7
  } while (size)
  return Buffer.concat([Buffer.from(head), body])
}

/** A clean session without Keep Alive: the stream is inside the process. */
export const connectPacket = (clientIdentifier: string): Buffer =>
  packet(0x10, field('MQTT'), Buffer.from([4, 2, 0, 0]), field(clientIdentifier))

export const subscribePacket = (packetIdentifier: number, filter: string, qos: number): Buffer =>
  packet(0x82, twoBytes(packetIdentifier), field(filter), Buffer.from([qos]))

export const unsubscribePacket = (packetIdentifier: number, filter: string): Buffer =>
  packet(0xa2, twoBytes(packetIdentifier), field(filter))

export function publishPacket(
  topic: string, payload: Uint8Array, qos: number, retain: boolean, packetIdentifier: number,
): Buffer {
  const identifier = qos ? twoBytes(packetIdentifier) : Buffer.alloc(0)
  return packet(0x30 | qos << 1 | (retain ? 1 : 0), field(topic), identifier, payload)
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const acknowledgePacket = (first: number, packetIdentifier: number): Buffer =>
  packet(first, twoBytes(packetIdentifier))

/** A packet from the broker: its first byte and its body. */
export interface Received {
  first: number
  body: Buffer
}

/** Cuts the broker's bytes into packets. */
export class PacketReader {
  private rest = Buffer.alloc(0)

  read(chunk: Uint8Array): Received[] {
    // The broker uses the chunk's memory again: it is copied.
    this.rest = Buffer.concat([this.rest, chunk])
    const packets: Received[] = []
    for (let next = this.next(); next; next = this.next()) packets.push(next)
    return packets
  }

  private next(): Received | null {
    let size = 0
    for (let i = 1; i < 5 && i < this.rest.length; i++) {
      size |= (this.rest[i] & 127) << 7 * (i - 1)
      if (this.rest[i] > 127) continue
      if (this.rest.length < i + 1 + size) return null
      const received = { first: this.rest[0], body: this.rest.subarray(i + 1, i + 1 + size) }
      this.rest = this.rest.subarray(i + 1 + size)
      return received
    }
    return null
  }
}
