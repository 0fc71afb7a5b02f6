// Rows that measure time: ping-pong at QoS 1, and the retained messages that a SUBSCRIBE brings.
import { openConnection, subscribe } from './connection.mjs'
import { payloadPattern, publishPacket, subscribePacket } from './packets.mjs'
import { residentSize } from './process_cost.mjs'

/** Round trips before the clock counts: until then engines compile what they run. */
const WARM_UP_COUNT = 5_000

/** One message at a time from one client to the other, acknowledged; microseconds. */
export async function measurePingPong (broker, count) {
  const taker = await openConnection(broker.port, 'pong')
  await subscribe(taker, ['ping'], 1)
  const giver = await openConnection(broker.port, 'ping')
  const packet = publishPacket('ping', payloadPattern(64), { qos: 1 })
  const times = new Float64Array(count)
  const expected = packet.length
  for (let i = -WARM_UP_COUNT; i < count; i++) {
    const startedAt = performance.now()
    await roundTrip(giver, taker, packet, expected)
    if (i >= 0) times[i] = (performance.now() - startedAt) * 1_000
  }
  taker.destroy()
  giver.destroy()
  times.sort()
  return { p50: times[count >> 1], p99: times[Math.floor(count * 0.99)], resident: residentSize(broker.pid) }
}

/** Ends when the message has come; its PUBACKs are on their way then. */
function roundTrip (giver, taker, packet, expected) {
  return new Promise((resolve, reject) => {
    let have = 0
    let acknowledged = 0
    let isThere = false
    const finish = () => {
      if (!isThere || acknowledged < 4) return
      taker.off('data', onMessage)
      giver.off('data', onAcknowledged)
      resolve()
    }
    function onMessage (chunk) {
      have += chunk.length
      if (have < expected) return
      if (have > expected || (chunk[0] & 0xf6) !== 0x32) reject(new Error('not the message that was sent'))
      taker.write(Buffer.from([0x40, 2, chunk[packet.length - 66], chunk[packet.length - 65]]))
      isThere = true
      finish()
    }
    function onAcknowledged (chunk) {
      acknowledged += chunk.length
      finish()
    }
    taker.on('data', onMessage)
    giver.on('data', onAcknowledged)
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
