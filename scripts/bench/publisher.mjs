// One publisher: a ring of PUBLISH packets made before the clock runs, in which only numbers change. What is in the
// ring has been delivered before its place is used again, so that nothing is copied and nothing allocated.
import { NUMBERS_SIZE, publishPacket } from './packets.mjs'

export class Publisher {
  /** Messages sent, and acknowledged to the end. */
  sent = 0
  acknowledged = 0
  #ring
  #size
  #ringCount
  #payloadAt

  constructor (number, socket, { topics, topicNumbers, qos, window, batch, pattern }) {
    this.number = number
    this.socket = socket
    this.topics = topics
    this.topicNumbers = topicNumbers
    this.qos = qos
    this.window = window
    this.batch = batch
    const sample = publishPacket(topics[topicNumbers[0]], pattern, { qos })
    this.#size = sample.length
    this.#ringCount = window + batch
    this.#ring = Buffer.alloc(this.#size * this.#ringCount)
    for (let i = 0; i < this.#ringCount; i++) sample.copy(this.#ring, i * this.#size)
    this.#payloadAt = sample.length - pattern.length
    this.pendingAcks = Buffer.alloc(0)
    if (qos) socket.on('data', chunk => this.#receive(chunk))
  }

  /** Writes what the window allows: `delivered` is what every subscriber has. */
  pump (delivered) {
    const limit = (this.qos ? Math.min(delivered, this.acknowledged) : delivered) + this.window
    while (this.sent + this.batch <= limit) this.#write(this.batch)
  }

  #write (count) {
    const at = this.sent % this.#ringCount
    const some = Math.min(count, this.#ringCount - at)
    for (let i = 0; i < some; i++) this.#fill((at + i) * this.#size, this.sent + i)
    this.sent += some
    this.socket.write(this.#ring.subarray(at * this.#size, (at + some) * this.#size))
    if (some < count) this.#write(count - some)
  }

  #fill (start, sequence) {
    const { topics, topicNumbers } = this
    const ring = this.#ring
    const topicNumber = topicNumbers[sequence % topicNumbers.length]
    const payloadAt = start + this.#payloadAt
    const topic = topics[topicNumber]
    const topicAt = payloadAt - (this.qos ? 2 : 0) - topic.length
    if (topicNumbers.length > 1) ring.write(topic, topicAt, 'latin1')
    if (this.qos) ring.writeUInt16BE(sequence % 60_000 + 1, payloadAt - 2)
    ring.writeUInt32BE(this.number, payloadAt)
    ring.writeUInt32BE(topicNumber, payloadAt + 4)
    ring.writeUInt32BE(sequence >>> 0, payloadAt + NUMBERS_SIZE - 4)
  }

  /** Every acknowledgement is four bytes; each PUBREC is answered with its PUBREL. */
  #receive (chunk) {
    const bytes = this.pendingAcks.length ? Buffer.concat([this.pendingAcks, chunk]) : chunk
    const end = bytes.length & ~3
    const released = []
    for (let at = 0; at < end; at += 4) {
      const type = bytes[at] >> 4
      if (type === 5) released.push(0x62, 2, bytes[at + 2], bytes[at + 3])
      else if (type === 4 || type === 7) this.#acknowledge(bytes.readUInt16BE(at + 2), type)
      else throw new Error(`a publisher got packet ${type}`)
    }
    this.pendingAcks = Buffer.from(bytes.subarray(end))
    if (released.length) this.socket.write(Buffer.from(released))
    this.onAcknowledged()
  }

  #acknowledge (packetIdentifier, type) {
    if (type !== (this.qos === 1 ? 4 : 7) || packetIdentifier !== this.acknowledged % 60_000 + 1) {
      throw new Error(`acknowledgement ${type} of ${packetIdentifier} out of order`)
    }
    this.acknowledged++
  }

  onAcknowledged () {}
}
