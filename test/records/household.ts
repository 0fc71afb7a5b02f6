// A few clients that do anything, by a seed, with a broker that keeps records; and what one finds out about the state
// of a broker by asking it, as a client can.

import type { Packet } from 'mqtt-packet'
import type { AnyPacket, Peer } from '../support/peer'
import type { World } from '../support/world'
import { Random } from '../model/random'

export const NAMES = ['hall', 'attic', 'cellar', 'porch']
export const TOPICS = ['a', 'a/b', 'a/c', 'b/c/d', 'door']
const FILTERS = ['a', 'a/+', '#', 'b/#', '+/c', 'door', 'b/+/d', 'a/b']
const STORM_TOPICS = 5
/** A session that outlives its connection, seconds. */
const LASTING = 100_000
/** Packet Identifiers of QoS 2 that clients use. */
export const IDENTIFIERS = [1, 2, 3]

interface Resident { peer: Peer, version: 4 | 5, seen: AnyPacket[] }

/** What a client finds: each part is compared by itself. */
export type Findings = Record<string, unknown>

export class Household {
  private readonly random: Random
  private readonly residents = new Map<string, Resident>()
  private count = 0

  constructor (private readonly world: World, seed: number) {
    this.random = new Random(seed)
  }

  /** Who came or left in the last step, in whose middle it may have no session. */
  mover = ''

  /** One of them does something; it and what follows from it are over when this returns. */
  async step (): Promise<void> {
    const name = this.random.pick(NAMES)
    const resident = this.residents.get(name)
    this.mover = name
    if (!resident || resident.peer.isClosed) return this.arrive(name)
    resident.seen.push(...resident.peer.arrived())
    const act = this.random.pick(['subscribe', 'subscribe', 'publish', 'publish', 'publish', 'publish', 'answer',
      'answer', 'answer', 'release', 'unsubscribe', 'drop', 'leave', 'wait'])
    if (act !== 'leave' && act !== 'drop') this.mover = ''
    if (act === 'subscribe') await this.subscribe(resident)
    else if (act === 'publish') await this.publish(resident)
    else if (act === 'answer') await this.answer(resident)
    else if (act === 'release') await resident.peer.send({ cmd: 'pubrel', messageId: this.random.pick(IDENTIFIERS) })
    else if (act === 'unsubscribe') {
      const messageId = resident.peer.identifier()
      await resident.peer.send({ cmd: 'unsubscribe', messageId, unsubscriptions: [this.random.pick(FILTERS)] })
    } else if (act === 'drop') await resident.peer.drop()
    else if (act === 'leave') await resident.peer.send(this.farewell(resident))
    else await this.world.advance(this.random.below(5) * 1_000)
  }

  /** Somebody retains so many messages of a size, which the store keeps and nobody else gets that is away. */
  async storm (messages: number, size: number): Promise<void> {
    const peer = await this.world.open(4)
    await peer.send(connect('storm', 4, true, 0))
    for (let left = messages; left; left--) {
      const payload = String(left).padEnd(size, '.')
      const topic = `storm/${left % STORM_TOPICS}`
      await peer.send({ cmd: 'publish', topic, payload, qos: 0, retain: true, dup: false })
    }
    await peer.send({ cmd: 'disconnect' })
  }

  private farewell ({ version }: Resident): Packet {
    const isOver = version === 5 && this.random.below(4) === 0
    return { cmd: 'disconnect', reasonCode: 0, properties: isOver ? { sessionExpiryInterval: 0 } : {} }
  }

  private async arrive (name: string): Promise<void> {
    const version = this.random.pick([4, 5] as const)
    const clean = this.random.below(5) === 0
    const expiry = this.random.below(5) === 0 ? 0 : LASTING + this.random.below(3)
    const peer = await this.world.open(version)
    await peer.send(connect(name, version, clean, expiry))
    this.residents.set(name, { peer, version, seen: [] })
  }

  private async subscribe ({ peer, version }: Resident): Promise<void> {
    const topic = this.random.pick(FILTERS)
    const qos = this.random.below(3) as 0 | 1 | 2
    const identifier = this.random.below(3)
    const options = version === 5 ? { nl: false, rap: this.random.below(2) === 1, rh: this.random.below(3) } : {}
    const properties = version === 5 && identifier ? { subscriptionIdentifier: identifier } : {}
    await peer.send({
      cmd: 'subscribe', messageId: peer.identifier(), subscriptions: [{ topic, qos, ...options }], properties,
    })
  }

  private async publish ({ peer, version }: Resident): Promise<void> {
    const qos = this.random.below(3) as 0 | 1 | 2
    const isEmpty = this.random.below(8) === 0
    const expiry = this.random.below(3) === 0 ? { messageExpiryInterval: 1_000 + this.random.below(9) } : {}
    await peer.send({
      cmd: 'publish', topic: this.random.pick(TOPICS), payload: isEmpty ? '' : `m${++this.count}`, qos,
      retain: this.random.below(2) === 1, dup: false,
      messageId: qos === 2 ? this.random.pick(IDENTIFIERS) : peer.identifier(),
      properties: version === 5 ? { ...expiry, userProperties: { of: String(this.count) } } : {},
    })
  }

  /** Answers the oldest packet that wants an answer. */
  private async answer ({ peer, seen }: Resident): Promise<void> {
    for (let packet = seen.shift(); packet; packet = seen.shift()) {
      const reply = replyTo(packet)
      if (reply) return peer.send(reply)
    }
  }
}

export const connect = (clientId: string, version: 4 | 5, clean: boolean, expiry: number): Packet => ({
  cmd: 'connect', protocolId: 'MQTT', protocolVersion: version, clientId, clean, keepalive: 0,
  properties: version === 5 ? { sessionExpiryInterval: expiry, receiveMaximum: 3 } : {},
})

function replyTo ({ cmd, qos, messageId }: AnyPacket): Packet | undefined {
  if (cmd === 'publish' && qos) return { cmd: qos === 1 ? 'puback' : 'pubrec', messageId, reasonCode: 0 }
  if (cmd === 'pubrec') return { cmd: 'pubrel', messageId, reasonCode: 0 }
  return cmd === 'pubrel' ? { cmd: 'pubcomp', messageId, reasonCode: 0 } : undefined
}

/** What is found of a session that is not there. */
export const NO_SESSION = { sessionPresent: false, messages: [], released: [], open: IDENTIFIERS.map(() => 0x92) }

/** What is left of a message, to be compared; how long it has to live is another test's. */
function messageOf ({ topic, payload, qos, retain, messageId, properties }: AnyPacket): { topic: string } {
  const expires = properties?.messageExpiryInterval === undefined ? {} : { messageExpiryInterval: 'some' }
  const identifiers = properties?.subscriptionIdentifier === undefined ? {}
    : { subscriptionIdentifier: [properties.subscriptionIdentifier].flat().sort() }
  const kept = { ...properties, ...expires, ...identifiers }
  return { topic, payload: payload.toString(), qos, retain, messageId, properties: kept } as { topic: string }
}

/** What has arrived, with the rest of a message that comes in pieces: an interpreter takes some passes for it. */
async function arrivedWhole (peer: Peer): Promise<AnyPacket[]> {
  const packets = peer.arrived()
  while (peer.hasHalfPacket && !peer.isClosed) packets.push(...await peer.drain())
  return packets
}

/** Connects, and takes what waits until nothing more comes. */
async function takeWaiting (peer: Peer): Promise<{ messages: unknown[], released: number[], repeated: number[] }> {
  const messages: unknown[] = []
  const released: number[] = []
  const repeated: number[] = []
  for (let packets = await arrivedWhole(peer); packets.length; packets = await arrivedWhole(peer)) {
    for (const packet of packets) {
      if (packet.cmd === 'publish') messages.push(messageOf(packet))
      if (packet.cmd === 'publish' && packet.dup) repeated.push(packet.messageId)
      if (packet.cmd === 'pubrel') released.push(packet.messageId)
      const reply = replyTo(packet)
      if (reply) await peer.send(reply)
    }
  }
  return { messages, released, repeated }
}

/** Asks a broker whose clients are all away for everything that it should have kept. */
export async function inquire (
  world: World,
): Promise<{ findings: Findings, repeated: Record<string, number[]> }> {
  const findings: Findings = {}
  const repeated: Record<string, number[]> = {}
  const peers = new Map<string, Peer>()
  for (const name of NAMES) {
    const peer = await world.open(5)
    await peer.send(connect(name, 5, false, LASTING))
    const { sessionPresent } = await peer.receive('connack')
    const { messages, released, repeated: again } = await takeWaiting(peer)
    const open = []
    for (const messageId of IDENTIFIERS) {
      await peer.send({ cmd: 'pubrel', messageId, reasonCode: 0 })
      open.push((await peer.receive('pubcomp')).reasonCode)
    }
    findings[name] = { sessionPresent, messages, released, open }
    repeated[name] = again
    peers.set(name, peer)
  }
  await inquireRetained(world, findings)
  await inquireSubscriptions(world, peers, findings)
  return { findings, repeated }
}

async function inquireRetained (world: World, findings: Findings): Promise<void> {
  const reader = await world.open(5)
  await reader.send(connect('reader', 5, true, 0))
  await reader.receive('connack')
  await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
  await reader.receive('suback')
  const retained = (await arrivedWhole(reader)).map(messageOf) as { topic: string }[]
  for (const topic of TOPICS) findings[`retained ${topic}`] = retained.filter(message => message.topic === topic)
  await reader.send({ cmd: 'disconnect', reasonCode: 0 })
}

/** Each subscription shows by what is sent for it. */
async function inquireSubscriptions (
  world: World, peers: Map<string, Peer>, findings: Findings,
): Promise<void> {
  const sender = await world.open(5)
  await sender.send(connect('sender', 5, true, 0))
  for (const topic of TOPICS) {
    await sender.send({ cmd: 'publish', topic, payload: 'probe', qos: 2, messageId: 1, retain: true, dup: false })
    await sender.send({ cmd: 'pubrel', messageId: 1, reasonCode: 0 })
    for (const [name, peer] of peers) {
      const { messages } = await takeWaiting(peer)
      findings[`${name} of ${topic}`] = messages.map(message => ({ ...message as object, messageId: 0 }))
    }
  }
}
