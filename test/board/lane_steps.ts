// What random clients do to two boards, so that the express lane meets what can change under it: topics that repeat and
// alternate, payloads that grow, subscriptions and clients that come and go between two messages, RETAIN, every QoS,
// both versions, packets in pieces and several in one piece, clients that do not read.

import type { Random } from '../model/random'
import type { Twin, TwinWorld } from './twin'

const TOPICS = ['home/a', 'home/b', 'home/a/x', '$d/a']
const FILTERS = ['home/a', 'home/+', '#', 'home/a/#', '+/b', '$d/#']
const CLIENTS = 5

export interface Scene {
  world: TwinWorld
  random: Random
  /** Payloads are numbered, so that a copy of another message cannot pass for it. */
  count: number
  paused: Set<Twin>
  identifiers: number
  /** What was done, for the text of a failure. */
  history: string[]
}

type Step = (scene: Scene, twin: Twin) => Promise<void>

const nextIdentifier = (scene: Scene): number => scene.identifiers = scene.identifiers % 65_535 + 1

function publishPacket(scene: Scene, twin: Twin, topic: string): Uint8Array {
  const { random } = scene
  const qos = random.pick([0, 0, 0, 1, 1, 2])
  const properties = twin.version === 5 && random.oneIn(4)
    ? { userProperties: { a: 'b' }, ...(random.oneIn(2) ? { messageExpiryInterval: 100 } : {}) } : undefined
  return twin.peers[0].encode({
    cmd: 'publish', topic, qos, retain: random.oneIn(8), dup: qos > 0 && random.oneIn(6),
    messageId: nextIdentifier(scene),
    payload: `${++scene.count} ${'x'.repeat(random.pick([0, 1, 20, 200, 700]))}`, ...(properties ? { properties } : {}),
  } as never)
}

/** A run of messages to one or two topics: whole, in pieces, or all in one piece. */
const publishRun: Step = async (scene, twin) => {
  const { random } = scene
  const topics = [random.pick(TOPICS), random.pick(TOPICS)]
  const packets = Array.from({ length: 1 + random.below(5) }, () => publishPacket(scene, twin, random.pick(topics)))
  const form = random.below(3)
  const size = 1 + random.below(40)
  const bytes = Buffer.concat(packets)
  await twin.both(async (peer) => {
    if (form === 0) for (const packet of packets) await peer.send(packet)
    else if (form === 1) await peer.send(bytes)
    else await peer.sendSplit(bytes, [size])
  })
}

/** A value that is retained comes again, sometimes with another length. */
const retainRun: Step = async (scene, twin) => {
  const topic = scene.random.pick(TOPICS)
  const packets = Array.from({ length: 2 + scene.random.below(4) }, () => twin.peers[0].encode({
    cmd: 'publish', topic, qos: 1, retain: true, dup: false, messageId: nextIdentifier(scene),
    payload: `${++scene.count}`.padStart(scene.random.pick([4, 4, 5]), '0'),
  } as never))
  await twin.both(async (peer) => { for (const packet of packets) await peer.send(packet) })
}

const subscribe: Step = async (scene, twin) => {
  const { random } = scene
  const isFive = twin.version === 5
  const topic = random.pick(FILTERS)
  const options = isFive ? { nl: random.oneIn(4), rap: random.oneIn(4), rh: random.below(3) } : {}
  const packet = { cmd: 'subscribe', messageId: nextIdentifier(scene), subscriptions: [
    { topic, qos: random.below(3), ...options },
  ] }
  await twin.both((peer) => peer.send(packet as never))
}

const unsubscribe: Step = async (scene, twin) => {
  const packet = { cmd: 'unsubscribe', messageId: nextIdentifier(scene), unsubscriptions: [scene.random.pick(FILTERS)] }
  await twin.both((peer) => peer.send(packet as never))
}

/** Answers everything that is waiting, or loses its connection with that unanswered. */
const acknowledge: Step = async (scene, twin) => {
  if (scene.paused.has(twin)) return
  await twin.both(async (peer) => {
    for (const { cmd, qos, messageId } of await peer.drain()) {
      if (cmd === 'publish' && qos === 1) await peer.send({ cmd: 'puback', messageId })
      if (cmd === 'publish' && qos === 2) await peer.send({ cmd: 'pubrec', messageId })
      if (cmd === 'pubrec') await peer.send({ cmd: 'pubrel', messageId })
      if (cmd === 'pubrel') await peer.send({ cmd: 'pubcomp', messageId })
    }
  })
}

const pause: Step = async (scene, twin) => {
  const isPaused = scene.paused.delete(twin)
  if (!isPaused) scene.paused.add(twin)
  twin.hasPaused = true
  await twin.both((peer) => isPaused ? peer.resumeReading() : peer.pauseReading())
}

const lose: Step = async (scene, twin) => {
  scene.paused.delete(twin)
  if (scene.random.oneIn(2)) await twin.both((peer) => peer.drop())
  else await twin.both((peer) => peer.send({ cmd: 'disconnect' } as never))
}

const ping: Step = (_, twin) => twin.both((peer) => peer.send({ cmd: 'pingreq' }))

const wait: Step = ({ world, random }) => world.advance(1_000 * random.below(5))

const STEPS: Step[] = [
  publishRun, publishRun, publishRun, publishRun, publishRun, publishRun, publishRun, publishRun,
  retainRun, retainRun,
  subscribe, subscribe, unsubscribe, acknowledge, acknowledge, acknowledge, acknowledge, pause, lose, ping, wait,
]

/** One step of a random client, and the comparison of everything. */
export async function laneStep(scene: Scene): Promise<void> {
  const { world, random } = scene
  if (world.clients.length < CLIENTS) {
    const number = random.below(CLIENTS + 2)
    const version = number % 2 ? 4 : 5
    await world.open({ version, clientId: `client${number}`, clean: random.oneIn(3),
      ...(version === 5 ? { properties: { sessionExpiryInterval: 50, receiveMaximum: 1 + random.below(5) } } : {}) })
  } else {
    const step = random.pick(STEPS)
    const twin = random.pick(world.clients)
    scene.history.push(`${twin.peers[0].clientId}${scene.paused.has(twin) ? ', paused' : ''}: ${step.name}`)
    await step(scene, twin)
  }
  await world.compare()
}
