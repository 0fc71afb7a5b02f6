// What a well-behaved client does, in one call each, with the answers checked.

import type { IConnectPacket, IPublishPacket, QoS } from 'mqtt-packet'
import { connectBytes, field, properties, property } from './bytes'
import type { AnyPacket, Peer, Version } from './peer'
import type { World } from './world'

export interface ConnectOptions {
  version?: Version
  clientId?: string
  clean?: boolean
  keepalive?: number
  will?: IConnectPacket['will']
  properties?: IConnectPacket['properties']
  username?: string
  password?: string
}

let clientCount = 0

/** Opens a connection and sends CONNECT; the answer is not taken. */
export async function connectStart(world: World, options: ConnectOptions = {}): Promise<Peer> {
  const peer = await world.open(options.version ?? 5)
  await connectSend(peer, options)
  return peer
}

/** Sends CONNECT on an open connection. */
export async function connectSend(peer: Peer, options: ConnectOptions): Promise<void> {
  const version = options.version ?? peer.version
  peer.version = version
  peer.clientId = options.clientId ?? `client${++clientCount}`
  const packet: IConnectPacket = {
    cmd: 'connect',
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    clientId: peer.clientId,
    clean: options.clean ?? true,
    keepalive: options.keepalive ?? 0,
  }
  if (options.will) packet.will = options.will
  if (options.properties) packet.properties = options.properties
  if (options.username !== undefined) packet.username = options.username
  if (options.password !== undefined) packet.password = Buffer.from(options.password)
  await peer.send(packet.clientId === '' ? connectWithoutIdentifier(packet) : packet)
}

/** mqtt-packet refuses to write an empty Client Identifier without a clean start. */
function connectWithoutIdentifier({ protocolVersion, clean, properties: given }: IConnectPacket): number[] {
  const expiry = given?.sessionExpiryInterval
  return connectBytes({
    level: protocolVersion!, flags: clean ? 2 : 0, payload: field(''),
    properties: properties(expiry === undefined ? [] : property('sessionExpiryInterval', expiry)),
  })
}

/** The code of a CONNACK, whichever protocol version it is of. */
export const connackCode = (packet: AnyPacket): number => packet.reasonCode ?? packet.returnCode

/** A connected client, its CONNACK taken and found good. */
export async function connect(world: World, options: ConnectOptions = {}): Promise<Peer> {
  return (await connectWithConnack(world, options)).peer
}

export async function connectWithConnack(
  world: World, options: ConnectOptions = {},
): Promise<{ peer: Peer, connack: AnyPacket }> {
  const peer = await connectStart(world, options)
  const connack = await peer.receive('connack')
  if (connackCode(connack) !== 0) throw new Error(`CONNECT of ${peer.clientId} was refused: ${connackCode(connack)}`)
  return { peer, connack }
}

/** A client whose CONNECT is refused with the code (5.0 and 3.1.1 forms) and whose connection is then closed. */
export async function connectRefused(
  world: World, options: ConnectOptions, reasonCode: number, returnCode: number,
): Promise<void> {
  const peer = await connectStart(world, options)
  const connack = await peer.receive('connack')
  const expected = peer.version === 5 ? reasonCode : returnCode
  if (connackCode(connack) !== expected) {
    throw new Error(`expected CONNACK ${expected}, received ${connackCode(connack)}`)
  }
  if (connack.sessionPresent) throw new Error('a refusal with Session Present')
  await peer.closed()
}

export interface Filter {
  topic: string
  qos?: QoS
  nl?: boolean
  rap?: boolean
  rh?: 0 | 1 | 2
}

/** Sends SUBSCRIBE and answers the codes of its SUBACK. Retained messages that follow are not taken. */
export async function subscribe(
  peer: Peer, filters: (string | Filter)[] | string | Filter, identifier?: number,
): Promise<number[]> {
  const messageId = peer.identifier()
  const list = (Array.isArray(filters) ? filters : [filters]).map((filter) => {
    const full = typeof filter === 'string' ? { topic: filter } : filter
    const options = { topic: full.topic, qos: full.qos ?? 0 }
    if (peer.version < 5) return options
    return { ...options, nl: full.nl ?? false, rap: full.rap ?? false, rh: full.rh ?? 0 }
  })
  await peer.send({
    cmd: 'subscribe', messageId, subscriptions: list,
    ...(identifier === undefined ? {} : { properties: { subscriptionIdentifier: identifier } }),
  })
  const suback = await peer.receive('suback')
  if (suback.messageId !== messageId) throw new Error(`SUBACK for ${suback.messageId}, sent ${messageId}`)
  if (suback.granted.length !== list.length) throw new Error('SUBACK with another number of codes than filters')
  return suback.granted
}

/** Sends UNSUBSCRIBE and answers the codes of its UNSUBACK (5.0), or an empty list. */
export async function unsubscribe(peer: Peer, ...filters: string[]): Promise<number[]> {
  const messageId = peer.identifier()
  await peer.send({ cmd: 'unsubscribe', messageId, unsubscriptions: filters })
  const unsuback = await peer.receive('unsuback')
  if (unsuback.messageId !== messageId) throw new Error(`UNSUBACK for ${unsuback.messageId}, sent ${messageId}`)
  return (unsuback.granted) ?? []
}

export interface PublishOptions {
  qos?: QoS
  retain?: boolean
  dup?: boolean
  messageId?: number
  properties?: IPublishPacket['properties']
}

/** Sends PUBLISH and nothing else; answers its Packet Identifier (0 with QoS 0). */
export async function publishStart(
  peer: Peer, topic: string, payload: string | Uint8Array, options: PublishOptions = {},
): Promise<number> {
  const qos = options.qos ?? 0
  const packet: IPublishPacket = {
    cmd: 'publish', topic, qos, dup: options.dup ?? false, retain: options.retain ?? false,
    payload: typeof payload === 'string' ? payload : Buffer.from(payload),
  }
  if (qos > 0) packet.messageId = options.messageId ?? peer.identifier()
  if (options.properties) packet.properties = options.properties
  await peer.send(packet)
  return packet.messageId ?? 0
}

/**
 * Publishes and completes the acknowledgements of the QoS; answers the Reason Code (0 with 3.1.1). A PUBREC of 0x80
 * and above ends the exchange.
 */
export async function publish(
  peer: Peer, topic: string, payload: string | Uint8Array, options: PublishOptions = {},
): Promise<number> {
  const messageId = await publishStart(peer, topic, payload, options)
  const qos = options.qos ?? 0
  if (qos === 0) return 0
  const answer = await acknowledged(peer, qos === 1 ? 'puback' : 'pubrec', messageId)
  if (qos === 1 || answer >= 0x80) return answer
  await peer.send({ cmd: 'pubrel', messageId })
  await acknowledged(peer, 'pubcomp', messageId)
  return answer
}

/** Takes the acknowledgement of a packet and answers its Reason Code. */
export async function acknowledged(
  peer: Peer, cmd: 'puback' | 'pubrec' | 'pubcomp', messageId: number,
): Promise<number> {
  const packet = await peer.take(cmd)
  if (packet.messageId !== messageId) throw new Error(`${cmd} for ${packet.messageId}, expected ${messageId}`)
  return packet.reasonCode ?? 0
}

/** Takes a PUBLISH and acknowledges it fully as its QoS asks. */
export async function receivePublish(peer: Peer): Promise<AnyPacket> {
  const packet = await peer.take('publish')
  if (packet.qos === 1) await peer.send({ cmd: 'puback', messageId: packet.messageId })
  if (packet.qos === 2) {
    await peer.send({ cmd: 'pubrec', messageId: packet.messageId })
    const pubrel = await peer.take('pubrel')
    if (pubrel.messageId !== packet.messageId) throw new Error('PUBREL for another packet')
    await peer.send({ cmd: 'pubcomp', messageId: packet.messageId })
  }
  return packet
}

/** Ends the connection in order. */
export async function disconnect(peer: Peer, reasonCode = 0, properties?: Record<string, unknown>): Promise<void> {
  await peer.send(peer.version === 5
    ? { cmd: 'disconnect', reasonCode, ...(properties ? { properties } : {}) } as never
    : { cmd: 'disconnect' })
  await peer.closed()
}

/**
 * Asserts that the broker gave up this client: DISCONNECT with one of the Reason Codes in 5.0, a bare close before.
 */
export async function refused(peer: Peer, ...reasonCodes: number[]): Promise<void> {
  if (peer.version === 5) {
    const packet = await peer.receive('disconnect')
    if (!reasonCodes.includes(packet.reasonCode)) {
      const expected = reasonCodes.map((code) => `0x${code.toString(16)}`).join(' or ')
      throw new Error(`expected DISCONNECT ${expected}, received 0x${packet.reasonCode.toString(16)}`)
    }
  }
  await peer.closed()
}

/**
 * Asserts that a CONNECT was not accepted and the connection is closed. 3.1.1: without a CONNACK [MQTT-3.1.4-1];
 * 5.0: with nothing, or with a CONNACK of one of the Reason Codes.
 */
export async function connectFailed(peer: Peer, ...reasonCodes: number[]): Promise<void> {
  const packets = await peer.drain()
  const [connack] = packets
  const permitted = packets.length === 0 || (peer.version === 5 && packets.length === 1 && connack.cmd === 'connack'
    && reasonCodes.includes(connack.reasonCode) && !connack.sessionPresent)
  if (!permitted) throw new Error(`a CONNECT that fails was answered with ${JSON.stringify(packets)}`)
  await peer.closed()
}

/** A client that subscribed at QoS 1 and went away. */
export async function leave(world: World, clientId: string, filter: string, username?: string): Promise<void> {
  const peer = await connect(world, { version: 4, clientId, clean: false, ...(username ? { username } : {}) })
  await subscribe(peer, { topic: filter, qos: 1 })
  await peer.drop()
}
