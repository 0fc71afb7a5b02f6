// One subscriber: checks every delivery byte by byte (QoS, retain flag, topic, payload, order per publisher and no gap)
// and acknowledges what a chunk brought in one write.
import { NUMBERS_SIZE } from './packets.mjs'

export class Subscriber {
  deliveries = 0
  /** By publisher: the sequence number that must come next. */
  next
  #rest = null
  #answers = []

  /** `topics` are Buffers; `onChunk` runs behind every chunk. */
  constructor (socket, { topics, publisherCount, qos, pattern, onChunk }) {
    this.socket = socket
    this.topics = topics
    this.first = 0x30 | qos << 1
    this.qos = qos
    this.pattern = pattern
    this.next = new Float64Array(publisherCount)
    socket.on('data', chunk => {
      this.#receive(chunk)
      onChunk()
    })
  }

  #receive (chunk) {
    let bytes = chunk
    if (this.#rest) bytes = Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + 2 <= bytes.length) {
      let bodyAt = at + 2
      let size = bytes[at + 1]
      if (size > 127) {
        if (at + 3 > bytes.length) break
        size = size & 127 | bytes[at + 2] << 7
        bodyAt++
      }
      if (bodyAt + size > bytes.length) break
      this.#packet(bytes, bytes[at], bodyAt, bodyAt + size)
      at = bodyAt + size
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null
    if (!this.#answers.length) return
    this.socket.write(Buffer.from(this.#answers))
    this.#answers.length = 0
  }

  #packet (bytes, first, start, end) {
    if (first === this.first) this.#delivery(bytes, start, end)
    else if (first === 0x62 && this.qos === 2) this.#answers.push(0x70, 2, bytes[start], bytes[start + 1])
    else throw new Error(`a subscriber got a packet that begins with ${first.toString(16)}`)
  }

  #delivery (bytes, start, end) {
    const payloadAt = end - this.pattern.length
    const publisher = bytes[payloadAt + 3] | bytes[payloadAt + 2] << 8
    const topicNumber = bytes[payloadAt + 7] | bytes[payloadAt + 6] << 8 | bytes[payloadAt + 5] << 16
    const at = payloadAt + NUMBERS_SIZE - 4
    const sequence = (bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]) >>> 0
    if (this.next[publisher] !== sequence) {
      throw new Error(`publisher ${publisher}: message ${sequence} came where ${this.next[publisher]} was due`)
    }
    this.next[publisher]++
    this.#compare(bytes, start, payloadAt, this.topics[topicNumber])
    for (let i = NUMBERS_SIZE; i < this.pattern.length; i++) {
      if (bytes[payloadAt + i] !== this.pattern[i]) throw new Error('a payload was changed')
    }
    if (this.qos) this.#answers.push(this.qos === 1 ? 0x40 : 0x50, 2, bytes[payloadAt - 2], bytes[payloadAt - 1])
    this.deliveries++
  }

  #compare (bytes, start, payloadAt, topic) {
    const size = bytes[start] << 8 | bytes[start + 1]
    const end = start + 2 + size + (this.qos ? 2 : 0)
    if (size !== topic.length || end !== payloadAt) throw new Error('a topic of another size')
    for (let i = 0; i < size; i++) {
      if (bytes[start + 2 + i] !== topic[i]) throw new Error('another topic')
    }
  }
}
