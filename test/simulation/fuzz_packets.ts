// What a sender of the fuzzer sends: packets of every kind that a client may send now, and the same bent in one of many
// ways.

import type { IConnectPacket, IPublishPacket, Packet, QoS } from 'mqtt-packet'
import { generate } from 'mqtt-packet'
import { FILTERS, SHARED, TOPICS } from '../model/operations'
import type { Random } from '../model/random'
import { varint } from '../support/bytes'
import type { Version } from '../support/peer'
import type { Oracle } from './oracle'

/** Packet Identifiers that it takes. */
const IDENTIFIERS = 5
const NAMES = ['', 'a', 'ä', '\u{1f600}', 'x'.repeat(70)]

export interface Sender {
  readonly oracle: Oracle
  readonly random: Random
  readonly clientId: string
  version: Version
  count: number
  /** All that it has sent has arrived. */
  readonly isIdle: boolean
}

const encode = (packet: object, version: Version): Uint8Array =>
  generate(packet as Packet, { protocolVersion: version })

const some = <T extends object>(random: Random, value: T): T | object => random.oneIn(3) ? value : {}

/** What travels with a message, of 5.0. */
const carried = (random: Random): object => ({
  ...some(random, { contentType: random.pick(NAMES) }), ...some(random, { correlationData: Buffer.from([0, 255]) }),
  ...some(random, { responseTopic: random.pick(TOPICS) }), ...some(random, { payloadFormatIndicator: true }),
  ...some(random, { userProperties: { [random.pick(NAMES)]: random.pick(NAMES) } }),
  ...some(random, { messageExpiryInterval: random.pick([15, 100, 0xffff_ffff]) }),
})

const payload = (sender: Sender): string => {
  const size = sender.random.pick([0, 0, 0, 10, 100, 1_000])
  return `m${++sender.count}-${sender.clientId}${'.'.repeat(sender.random.below(size + 1))}`
}

export function drawConnect(sender: Sender): Uint8Array {
  const { random, clientId } = sender
  if (sender.version < 5) sender.version = sender.oracle.board.FEATURE_MQTT31 && random.oneIn(3) ? 3 : 4
  const isFive = sender.version === 5
  const packet: IConnectPacket = {
    cmd: 'connect', protocolId: sender.version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: sender.version, clientId,
    clean: !random.oneIn(4), keepalive: random.pick([0, 60, 600]),
    ...some(random, { username: random.pick(NAMES), password: Buffer.from([1, 2, 255]) }),
  }
  if (random.oneIn(3)) {
    const properties = { ...carried(random), ...some(random, { willDelayInterval: 20 }) }
    packet.will = {
      topic: random.pick(TOPICS), payload: Buffer.from(payload(sender)), qos: random.below(3) as QoS,
      retain: random.oneIn(3), ...(isFive ? { properties } : {}),
    }
  }
  if (isFive) {
    packet.properties = {
      ...some(random, { sessionExpiryInterval: random.pick([0, 100]) }), ...some(random, { receiveMaximum: 3 }),
      ...some(random, { topicAliasMaximum: 2 }), ...some(random, { requestProblemInformation: random.oneIn(2) }),
    }
  }
  return encode(packet, sender.version)
}

function drawPublish(sender: Sender): Uint8Array {
  const { random, version, oracle: { board } } = sender
  const qos = random.below(3) as QoS
  const topic = random.pick(TOPICS)
  const open = [...sender.oracle.model.sessions.get(sender.clientId)?.incoming.keys() ?? []]
  const identifier = open.length > 0 && random.oneIn(3) ? random.pick(open) : 1 + random.below(IDENTIFIERS)
  const packet: IPublishPacket = {
    cmd: 'publish', topic, qos, retain: random.oneIn(4), dup: qos > 0 && random.oneIn(6), payload: payload(sender),
    ...(qos > 0 ? { messageId: identifier } : {}),
  }
  if (packet.retain && random.oneIn(3)) packet.payload = ''
  if (version === 5) {
    packet.properties = {
      ...carried(random), ...(board.FEATURE_TOPIC_ALIAS ? some(random, { topicAlias: 1 + random.below(3) }) : {}),
    }
    if (packet.properties.topicAlias && random.oneIn(2)) packet.topic = ''
  }
  return encode(packet, version)
}

function drawSubscribe(sender: Sender): Uint8Array {
  const { random, version, oracle: { board } } = sender
  const isFive = version === 5
  const draw = (): string => isFive && board.FEATURE_SHARED_SUBSCRIPTION && random.oneIn(6) ? random.pick(SHARED)
    : random.pick([...FILTERS, 'a/+/+/c', '+/+/#'])
  const list = [...new Set(Array.from({ length: 1 + random.below(3) }, draw))].map((topic) => ({
    topic, qos: random.below(3),
    ...(isFive ? { nl: !topic.startsWith('$') && random.oneIn(4), rap: random.oneIn(3), rh: random.below(3) } : {}),
  }))
  const hasIdentifier = isFive && board.FEATURE_SUBSCRIPTION_IDENTIFIER
  return encode({
    cmd: 'subscribe', messageId: 1 + random.below(IDENTIFIERS), subscriptions: list,
    ...(hasIdentifier ? { properties: some(random, { subscriptionIdentifier: 1 + random.below(3) }) } : {}),
  }, version)
}

/** The next acknowledgement of what the client was sent, if anything waits for one. */
function drawAcknowledgement(sender: Sender): Uint8Array | undefined {
  const { random, version, oracle, clientId } = sender
  const session = oracle.model.sessions.get(clientId)
  const waiting = session?.queue.filter(({ state }) => state !== 'waiting') ?? []
  if (!session?.connected || waiting.length === 0) return undefined
  const { state, qos, packetIdentifier: messageId } = random.pick(waiting)
  const cmd = state === 'released' ? 'pubcomp' : qos === 1 ? 'puback' : 'pubrec'
  const isRefused = version === 5 && cmd !== 'pubcomp' && random.oneIn(8)
  return encode({ cmd, messageId, ...(isRefused ? { reasonCode: 0x80 } : {}) }, version)
}

const drawRelease = ({ random, version, oracle, clientId }: Sender): Uint8Array => {
  const open = [...oracle.model.sessions.get(clientId)?.incoming.keys() ?? []]
  const messageId = open.length > 0 && !random.oneIn(6) ? random.pick(open) : 1 + random.below(IDENTIFIERS)
  return encode({ cmd: 'pubrel', messageId }, version)
}

/** A packet that may come now. */
export function drawPacket(sender: Sender): Uint8Array {
  const { random, version, oracle: { board } } = sender
  const choice = random.below(20)
  const acknowledgement = choice < 8 && sender.isIdle ? drawAcknowledgement(sender) : undefined
  if (acknowledgement) return acknowledgement
  if (choice < 12) return drawPublish(sender)
  if (choice < 15) return drawSubscribe(sender)
  if (choice < 17) return drawRelease(sender)
  if (choice < 18) return encode({ cmd: 'pingreq' }, version)
  if (choice < 19) {
    const filter = random.pick([...FILTERS, ...board.FEATURE_SHARED_SUBSCRIPTION ? SHARED : []])
    return encode({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [filter] }, version)
  }
  const how = version === 5 ? { reasonCode: random.pick([0, 4, 0x80]) } : {}
  return encode(random.oneIn(3) ? { cmd: 'disconnect', ...how }
    : { cmd: random.pick(['puback', 'pubrec', 'pubcomp']), messageId: 60_000 + random.below(9) }, version)
}

const EDGES = [0, 1, 2, 3, 4, 5, 0x10, 0x23, 0x2b, 0x2f, 0x7f, 0x80, 0x81, 0xc0, 0xff]

const spliced = (bytes: number[], at: number, removed: number, ...added: number[]): number[] =>
  [...bytes.slice(0, at), ...added, ...bytes.slice(at + removed)]

type Bend = (bytes: number[], random: Random) => number[]

const BENDS: Bend[] = [
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, random.pick(EDGES)),
  (bytes, random) => bytes.map((byte, index) => index === bytes.length >> 1 ? byte ^ 1 << random.below(8) : byte),
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(4)),
  (bytes, random) => spliced(bytes, random.below(bytes.length), 0, random.pick(EDGES)),
  (bytes, random) => [...bytes, ...bytes.slice(random.below(bytes.length))],
  (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  (bytes) => spliced(bytes, bytes.length - 1, 1, (bytes.at(-1)! + 1) & 255),
  (bytes, random) => spliced(bytes, random.below(Math.min(6, bytes.length)), 1, random.below(256)),
]

/** The same packet with something wrong in it, perhaps; mostly its Remaining Length is right for what it has become. */
export function bend(packet: Uint8Array, random: Random): Uint8Array {
  let start = 1
  while (packet[start] > 127) start++
  let body = [...packet.subarray(start + 1)]
  for (let times = 1 + random.below(2); times > 0 && body.length > 0; times--) body = random.pick(BENDS)(body, random)
  const first = random.oneIn(8) ? random.below(256) : packet[0]
  if (random.oneIn(12)) return Uint8Array.from([first, 0xff, 0xff, 0xff, random.pick([0x7f, 0xff, 0x00]), ...body])
  const size = random.oneIn(5) ? Math.max(0, body.length + random.below(5) - 2) : body.length
  return Uint8Array.from([first, ...varint(size), ...body])
}
