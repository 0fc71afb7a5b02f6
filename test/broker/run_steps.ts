// What random clients do to two brokers, so that runs of packets meet what can end them: PUBLISH packets of one topic
// and of two, with payloads of many sizes, properties, RETAIN, DUP and Packet Identifiers that are used twice, in one
// chunk or cut anywhere; acknowledgements in any order and number; subscriptions of all kinds; clients that do not
// read, leave, come back, or take little at a time.
import type { Twin, TwinWorld } from '../board/twin'
import type { Random } from '../model/random'
import type { AnyPacket, Version } from '../support/peer'

const TOPICS = ['home/a', 'home/b', 'home/a/x', '$d/a']
const FILTERS = ['home/a', 'home/a', 'home/+', '#', 'home/a/#', '+/b']
const ODD_FILTERS = ['$share/g/home/a', '$d/#']
const CLIENTS = 6
/** Bytes after which memory's clients are replaced: what each was sent is kept until then. */
const SENT_SIZE_MAX = 200_000

export interface Scene {
  world: TwinWorld
  random: Random
  count: number
  paused: Set<Twin>
  identifiers: number
  history: string[]
  /** Its clients are of one version and ask for nothing special, so that most runs are whole. */
  isPlain: boolean
}

type Step = (scene: Scene, twin: Twin) => Promise<void>

const nextIdentifier = (scene: Scene): number => scene.identifiers = scene.identifiers % 65_535 + 1

interface Likeness { topic: string, qos: number, isOdd: boolean, size: number }

function publishPacket(scene: Scene, twin: Twin, { topic, qos, isOdd, size }: Likeness): Uint8Array {
  const { random } = scene
  const odd = isOdd && random.oneIn(6)
  const properties = twin.version === 5 && odd && random.oneIn(2)
    ? random.pick([{ userProperties: { a: 'b' } }, { messageExpiryInterval: 100 }, { topicAlias: 1 }]) : undefined
  const messageId = odd && random.oneIn(3) ? Math.max(1, scene.identifiers) : nextIdentifier(scene)
  return twin.peers[0].encode({
    cmd: 'publish', topic, qos, messageId, retain: odd && random.oneIn(3), dup: qos > 0 && odd && random.oneIn(3),
    payload: `${++scene.count} ${'x'.repeat(random.oneIn(4) ? random.pick([0, 1, 20, 200, 700]) : size)}`,
    ...(properties ? { properties } : {}),
  } as never)
}

/** Many messages that are alike, but for a few. */
const publishRun: Step = async (scene, twin) => {
  const { random } = scene
  const isOdd = !scene.isPlain && random.oneIn(2)
  const likeness = { topic: random.pick(TOPICS), qos: random.pick([0, 0, 1, 1, 2]), isOdd,
    size: random.pick([0, 3, 60, 150, 3_000]) }
  const count = 2 + random.below(random.oneIn(4) ? 300 : 20)
  const packets = Array.from({ length: count }, () => {
    const other = likeness.isOdd && random.oneIn(12) ? { topic: random.pick(TOPICS) } : {}
    const otherQos = likeness.isOdd && random.oneIn(12) ? { qos: random.below(3) } : {}
    return publishPacket(scene, twin, { ...likeness, ...other, ...otherQos })
  })
  const bytes = Buffer.concat(packets)
  const size = 1 + random.below(2_000)
  const isSplit = random.oneIn(3)
  await twin.both((peer) => isSplit ? peer.sendSplit(bytes, [size]) : peer.send(bytes))
}

const subscribe: Step = async (scene, twin) => {
  const { random } = scene
  const topic = random.pick(scene.isPlain ? FILTERS : [...FILTERS, ...ODD_FILTERS])
  const options = twin.version === 5
    ? { nl: random.oneIn(6) && !topic.startsWith('$share'), rap: random.oneIn(4), rh: random.below(3) } : {}
  const properties = twin.version === 5 && random.oneIn(8) ? { properties: { subscriptionIdentifier: 7 } } : {}
  const packet = { cmd: 'subscribe', messageId: nextIdentifier(scene), ...properties, subscriptions: [
    { topic, qos: scene.isPlain ? 2 : random.below(3), ...options },
  ] }
  await twin.both((peer) => peer.send(packet as never))
}

const unsubscribe: Step = async (scene, twin) => {
  const packet = { cmd: 'unsubscribe', messageId: nextIdentifier(scene), unsubscriptions: [scene.random.pick(FILTERS)] }
  await twin.both((peer) => peer.send(packet as never))
}

function answerTo({ cmd, qos, messageId }: AnyPacket): { cmd: string, messageId: number } | null {
  if (cmd === 'publish' && qos > 0) return { cmd: qos > 1 ? 'pubrec' : 'puback', messageId }
  if (cmd === 'pubrec') return { cmd: 'pubrel', messageId }
  return cmd === 'pubrel' ? { cmd: 'pubcomp', messageId } : null
}

/** Answers what is waiting in one chunk: all of it, or what comes first; at times twice, or in another order. */
const acknowledge: Step = async (scene, twin) => {
  if (scene.paused.has(twin)) return
  const { random } = scene
  const waiting = (await Promise.all(twin.peers.map((peer) => peer.drain())))[0]
  const answers = waiting.map(answerTo).filter((answer) => answer !== null)
  if (random.oneIn(6)) answers.reverse()
  if (random.oneIn(10) && answers.length > 0) answers.push(random.pick(answers))
  const some = random.oneIn(8) ? answers.slice(0, random.below(answers.length + 1)) : answers
  const bytes = Buffer.concat(some.map((answer) => twin.peers[0].encode(answer as never)))
  if (bytes.length > 0) await twin.both((peer) => peer.send(bytes))
}

const pause: Step = async (scene, twin) => {
  const isPaused = scene.paused.delete(twin)
  if (!isPaused) scene.paused.add(twin)
  await twin.both((peer) => isPaused ? peer.resumeReading() : peer.pauseReading())
}

const lose: Step = async (scene, twin) => {
  scene.paused.delete(twin)
  if (scene.random.oneIn(2)) await twin.both((peer) => peer.drop())
  else await twin.both((peer) => peer.send({ cmd: 'disconnect' } as never))
}

const wait: Step = ({ world, random }) => world.advance(1_000 * random.below(5))

const many = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step)
const STEPS: Step[] = [...many(10, publishRun), ...many(12, acknowledge), subscribe, subscribe, subscribe, unsubscribe,
  pause, lose, wait]

async function open({ world, random, isPlain }: Scene): Promise<void> {
  const number = random.below(CLIENTS + 3)
  const version: Version = !isPlain && number % 3 === 0 ? 5 : 4
  const properties = version === 5
    ? { properties: { sessionExpiryInterval: 50, ...(random.oneIn(2) ? { receiveMaximum: 1 + random.below(30) } : {}),
      ...(random.oneIn(4) ? { topicAliasMaximum: 2 } : {}),
      ...(random.oneIn(4) ? { maximumPacketSize: 100 + random.below(400) } : {}) } } : {}
  await world.open({ version, clientId: `client${number}`, clean: random.oneIn(3), ...properties })
}

/** One step of a random client, and the comparison of everything. */
export async function runStep(scene: Scene): Promise<void> {
  const { world, random } = scene
  const [first] = world.clients
  if (world.clients.length < CLIENTS) await open(scene)
  else if (first.peers[0].raw.length > SENT_SIZE_MAX) await lose(scene, first)
  else {
    const step = random.pick(STEPS)
    const twin = random.pick(world.clients)
    scene.history.push(`${twin.peers[0].clientId}${scene.paused.has(twin) ? ', paused' : ''}: ${step.name}`)
    await step(scene, twin)
  }
  await world.compare()
}
