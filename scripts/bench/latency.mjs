// Rows that measure time: ping-pong at QoS 1, and the retained messages that a SUBSCRIBE brings.
import { openConnection, subscribe } from './connection.mjs'
import { payloadPattern, publishPacket, subscribePacket } from './packets.mjs'
import { residentSize } from './process_cost.mjs'

/** Round trips before the clock counts: until then engines compile what they run. */
const WARM_UP_COUNT = 5_000
/** Bytes of a message that goes there and back. */
const PAYLOAD_SIZE = 64
const PUBACK_SIZE = 4

/** One message at a time from one client to the other, acknowledged; microseconds. */
export async function measurePingPong (broker, count) {
  const taker = await openConnection(broker.port, 'pong')
  await subscribe(taker, ['ping'], 1)
  const giver = await openConnection(broker.port, 'ping')
  const packet = publishPacket('ping', payloadPattern(PAYLOAD_SIZE), { qos: 1 })
  const times = new Float64Array(count)
  for (let i = -WARM_UP_COUNT; i < count; i++) {
    const startedAt = performance.now()
    await roundTrip(giver, taker, packet)
    if (i >= 0) times[i] = (performance.now() - startedAt) * 1_000
  }
  taker.destroy()
  giver.destroy()
  times.sort()
  return { p50: times[count >> 1], p99: times[Math.floor(count * 0.99)], resident: residentSize(broker.pid) }
}

/** Whether a message is the one that was sent, with the broker's own Packet Identifier, DUP and RETAIN. */
function isSent (message, packet) {
  const at = identifierOffset(packet)
  return message.length === packet.length && (message[0] & 0xf6) === (packet[0] & 0xf6)
    && message.compare(packet, 1, at, 1, at) === 0 && message.compare(packet, at + 2, undefined, at + 2) === 0
}

const identifierOffset = packet => packet.length - PAYLOAD_SIZE - 2

/** Ends when the message has come, and the PUBACK of the one who sent it; the other's is on its way then. */
export function roundTrip (giver, taker, packet) {
  return new Promise((resolve, reject) => {
    let message = Buffer.alloc(0)
    let acknowledged = 0
    let isThere = false
    function end (error) {
      taker.off('data', onMessage).off('close', onClose)
      giver.off('data', onAcknowledged).off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    const finish = () => { if (isThere && acknowledged >= PUBACK_SIZE) end() }
    const onClose = () => end(new Error('a connection was closed'))
    function onMessage (chunk) {
      // It comes in pieces where the broker has it in a ring, as FlashMQ, whose end is in its midst now and then.
      message = message.length ? Buffer.concat([message, chunk]) : chunk
      if (message.length < packet.length) return
      if (!isSent(message, packet)) return end(new Error('not the message that was sent'))
      const at = identifierOffset(packet)
      taker.write(Buffer.from([0x40, 2, message[at], message[at + 1]]))
      isThere = true
      finish()
    }
    function onAcknowledged (chunk) {
      acknowledged += chunk.length
      finish()
    }
    taker.on('data', onMessage).on('close', onClose)
    giver.on('data', onAcknowledged).on('close', onClose)
    giver.write(packet)
  })
}

/** Milliseconds from SUBSCRIBE to the last of `count` retained messages; the best of five. */
export async function measureRetained (broker, count) {
  const giver = await openConnection(broker.port, 'keeper')
  const payload = payloadPattern(64)
  const topics = Array.from({ length: count }, (_, i) => `retained/${String(i).padStart(6, '0')}`)
  giver.write(Buffer.concat(topics.map(topic => publishPacket(topic, payload, { retain: 1 }))))
  giver.write(publishPacket('retained/end', payload, { qos: 1, retain: 0 }))
  await new Promise(resolve => giver.once('data', resolve))
  const size = publishPacket(topics[0], payload, { retain: 1 }).length * count + 5
  const times = []
  for (let i = 0; i < 5; i++) times.push(await subscribeTime(broker.port, `late${i}`, size))
  giver.destroy()
  return { ms: Math.min(...times), resident: residentSize(broker.pid) }
}

async function subscribeTime (port, client, size) {
  const socket = await openConnection(port, client)
  const startedAt = performance.now()
  socket.write(subscribePacket(1, ['retained/#'], 0))
  let have = 0
  await new Promise(resolve => socket.on('data', chunk => {
    have += chunk.length
    if (have >= size) resolve()
  }))
  const ms = performance.now() - startedAt
  socket.destroy()
  if (have !== size) throw new Error(`${have} bytes came, not ${size}`)
  return ms
}
