// The rows of the table: who is connected, and what is done once. `prepare(world, board)` answers a function that does
// it once and returns when all that it causes has come.
//
// - `floor`: subscribers of the floor that the row is compared with. `goal`: the multiple of it that is aimed at.
// - `lane`: false for a bundle without the express lane.
// - `times`: how often it is done; then twice as often, and the difference is free of what happens only once. 0: it can
//   be done only once. `warmUps`: how often it is done before, where there is room for fewer than usual.
import { setTimeout as sleep } from 'node:timers/promises'
import { PAYLOAD, entityFilters, publishPacket, subscribePacket, TOPIC } from './packets.mjs'

/** Clients that an ESP32 has sockets for. */
const CLIENTS_MAX = 9
const TIMES = 40
/** Until the engine has read what was sent. */
const CHUNK_MS = 100
/** Topics that a publisher goes through: more than a connection remembers, fewer than the route cache knows. */
const TOPICS = 8
/** Topic Filters that Home Assistant sends in one SUBSCRIBE. */
const FILTERS_MANY = 500

const topicNumber = number => `home/livingroom/temperatur${number}`

/**
 * Subscribers of these versions to all that is measured, whose CONNECT has these options, and idle ones: nine clients,
 * with the publisher to come.
 */
async function audience (world, versions, qos = 0, options = {}) {
  const subscribers = []
  for (const version of versions) {
    const client = await world.open(version, options)
    await client.ask(subscribePacket(1, ['home/livingroom/+'], qos))
    subscribers.push(client)
  }
  for (let i = versions.length + 1; i < CLIENTS_MAX; i++) {
    const client = await world.open(4)
    await client.ask(subscribePacket(1, [`idle/${i}/#`]))
  }
  return subscribers
}

/** PUBLISH of QoS 0 to every subscriber; the packets are sent in turn. */
const publishing = (versions, packets = [publishPacket(TOPIC)], version = 4) => async world => {
  const subscribers = await audience(world, versions)
  const publisher = await world.open(version)
  const encoded = packets.map(publisher.encode)
  let turn = 0
  return async () => {
    publisher.send(encoded[turn++ % encoded.length])
    for (const subscriber of subscribers) await subscriber.receive()
  }
}

/**
 * QoS 1 in and out with both acknowledgements; the subscriber's is known to be handled when its PING is answered, which
 * must not come in one chunk with it: the broker would take both, which costs as much as eight messages.
 */
const publishingQos1 = options => async world => {
  const [subscriber] = await audience(world, [4], 1, options)
  const publisher = await world.open(4)
  let last = 0
  return async isLast => {
    last = last % 1_000 + 1
    publisher.send(publishPacket(TOPIC, { qos: 1, messageId: last }))
    await publisher.receive()
    const [packet] = await subscriber.receive()
    const [high, low] = packet.subarray(4 + TOPIC.length)
    subscriber.send(Uint8Array.of(0x40, 2, high, low))
    if (!isLast) return
    await sleep(CHUNK_MS)
    await subscriber.ask({ cmd: 'pingreq' })
  }
}

/** A retained value of 40 bytes at QoS 1, which an ESP32 has in its store before it acknowledges. */
async function retaining (world) {
  const client = await world.open(4)
  let last = 0
  return async () => {
    last = last % 1_000 + 1
    await client.ask(publishPacket(TOPIC, {
      qos: 1, messageId: last, retain: true, payload: Buffer.alloc(40, `${last} °C `),
    }))
  }
}

/** CONNECT of a new client, with the handler of its connection; the ones before it are gone by then. */
const connecting = version => async world => {
  const clients = []
  return async () => clients.push(await world.open(version))
}

async function subscribing (world) {
  const client = await world.open(4)
  let last = 0
  return () => client.ask(subscribePacket(++last, [`home/livingroom/${last}`]))
}

/** One packet of 17 kB: as many filters as the board has subscriptions are accepted, the others refused with 0x97. */
async function subscribingMany (world, { SUBSCRIPTIONS_MAX }) {
  const client = await world.open(5)
  const filters = entityFilters(FILTERS_MANY)
  return async () => {
    const { granted } = await client.ask(subscribePacket(1, filters))
    const refused = granted.filter(code => code === 0x97).length
    if (granted.length !== FILTERS_MANY || refused !== Math.max(0, FILTERS_MANY - SUBSCRIPTIONS_MAX)) {
      throw new Error(`SUBSCRIBE of ${FILTERS_MANY} filters: ${granted.length} answers, ${refused} refused`)
    }
  }
}

async function pinging (world) {
  const client = await world.open(4)
  return () => client.ask({ cmd: 'pingreq' })
}

const topics = Array.from({ length: TOPICS }, (_, number) => publishPacket(topicNumber(number)))
const sizes = [20, 21, 22, 23].map(size => publishPacket(TOPIC, { payload: Buffer.alloc(size, PAYLOAD) }))
const row = (title, floor, prepare, options = {}) => ({ title, floor, prepare, lane: true, times: TIMES, ...options })

export const ROWS = {
  'lane-1': row('QoS 0 to one, topic repeated', 1, publishing([4]), { goal: 3.3 }),
  'lane-4': row('QoS 0 to four, topic repeated', 4, publishing([4, 4, 4, 4]), { goal: 2.3 }),
  'sizes-1': row('QoS 0 to one, topic repeated, payloads of 20 to 23 bytes', 1, publishing([4], sizes)),
  'topics-1': row('QoS 0 to one, eight topics in turn', 1, publishing([4], topics), { goal: 8 }),
  'topics-4': row('QoS 0 to four, eight topics in turn', 4, publishing([4, 4, 4, 4], topics)),
  'core-1': row('QoS 0 to one, topic repeated, built without the lane', 1, publishing([4]), { lane: false }),
  'core-4': row('QoS 0 to four, topic repeated, built without the lane', 4, publishing([4, 4, 4, 4]), { lane: false }),
  'mixed-4': row('QoS 0 from 5.0 to two of 3.1.1 and two of 5.0', 4, publishing([4, 4, 5, 5], undefined, 5)),
  'qos1-1': row('QoS 1 in and out to one, both acknowledged', 1, publishingQos1({}), { goal: 12 }),
  'kept-1': row('QoS 1 in and out to one whose session is kept', 1, publishingQos1({ clean: false })),
  retain: row('Retained PUBLISH at QoS 1, topic repeated, another value of 40 bytes', 1, retaining),
  'connect-4': row('CONNECT of 3.1.1, with accepting', 1, connecting(4), { times: 2, warmUps: 2 }),
  'connect-5': row('CONNECT of 5.0, with accepting', 1, connecting(5), { times: 2, warmUps: 2 }),
  subscribe: row('SUBSCRIBE to one filter', 1, subscribing),
  ping: row('PINGREQ', 1, pinging),
  'subscribe-500': row('SUBSCRIBE to 500 filters of 32 bytes', 1, subscribingMany, { times: 0 }),
}
