// One client of a measurement. It answers nothing by itself, and waits for whole packets by their number.
import { once } from 'node:events'
import { connect } from 'node:net'
import mqttPacket from 'mqtt-packet'

const WAIT_MS_MAX = 60_000

/** Bytes of the packet at the start of `bytes`; 0 while it is not all there. */
function packetSize (bytes) {
  let size = 0
  for (let at = 1, shift = 0; at < bytes.length && at < 5; at++, shift += 7) {
    size |= (bytes[at] & 0x7f) << shift
    if (bytes[at] < 0x80) return bytes.length >= at + 1 + size ? at + 1 + size : 0
  }
  return 0
}

/** Connects to a port; `version` is 4 (3.1.1) or 5. */
export async function clientOpen (port, version) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let stream = Buffer.alloc(0)
  const packets = []
  let wake = () => undefined
  socket.on('data', data => {
    stream = Buffer.concat([stream, data])
    for (let size = packetSize(stream); size > 0; size = packetSize(stream)) {
      packets.push(stream.subarray(0, size))
      stream = stream.subarray(size)
    }
    wake()
  })
  socket.on('close', () => wake())
  await once(socket, 'connect')

  const options = { protocolVersion: version }
  const encode = packet => packet instanceof Uint8Array ? packet : mqttPacket.generate(packet, options)

  /** The next `count` packets, as bytes. */
  async function receive (count = 1) {
    const timer = setTimeout(() => socket.destroy(), WAIT_MS_MAX)
    while (packets.length < count) {
      if (socket.destroyed) throw new Error(`a client waited for ${count} packets and was sent ${packets.length}`)
      await new Promise(done => { wake = () => done(undefined) })
    }
    clearTimeout(timer)
    return packets.splice(0, count)
  }

  return {
    version,
    encode,
    receive,
    send: packet => socket.write(encode(packet)),
    /** Sends a packet and answers the one that comes back, decoded. */
    async ask (packet) {
      socket.write(encode(packet))
      const [bytes] = await receive()
      const parser = mqttPacket.parser(options)
      const decoded = once(parser, 'packet')
      parser.parse(bytes)
      return (await decoded)[0]
    },
    async close () {
      if (socket.closed) return
      socket.destroy()
      await once(socket, 'close')
    },
  }
}
