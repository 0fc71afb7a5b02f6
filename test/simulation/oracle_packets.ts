// What each packet from a client asks of the broker, and what it changes in the model.

import type { ISubscribePacket, IUnsubscribePacket, IPublishPacket } from 'mqtt-packet'
import { frameDecode } from '../support/frame'
import { ACCESS_WRITE } from '../../src/broker/access/access_kind'
import type { AnyPacket } from '../support/peer'
import { isSmall } from '../support/small_board'
import type { Delivery, ModelMessage } from '../model/model_delivery'
import type { ModelSession } from '../model/model_session'
import { checkCode } from '../model/model_router'
import { isFilter, sharedParts } from '../model/naive_match'
import type { Link } from './link'
import type { Oracle } from './oracle'
import { judgeConnect } from './oracle_connect'

/** Of a CONNACK of 3.1.1. */
const RETURN_CODE_MAX = 5
const NO_SUBSCRIPTION = 0x11
const NO_IDENTIFIER = 0x92
const NOT_AUTHORIZED = 0x87
const FILTER_INVALID = 0x8f
const QUOTA_EXCEEDED = 0x97

type Judge = (oracle: Oracle, link: Link, packet: AnyPacket) => void

const sessionOf = (oracle: Oracle, link: Link): ModelSession => oracle.model.sessions.get(link.clientId)!

/** `codes`, where they are known: those that 5.0 has for it. A CONNECT of 3.1.1 may be answered with one of its own. */
function isRefusal(link: Link, { cmd, reasonCode, returnCode }: AnyPacket, codes?: readonly number[]): boolean {
  const code = reasonCode ?? returnCode
  // Who asks for another version is told in 3.1.1's words.
  const isOld = link.version < 5 || code === 1
  const isFitting = code > 0 && (isOld ? code <= RETURN_CODE_MAX : !codes)
  if (link.state === 'new' && cmd === 'connack' && isFitting) return true
  if (link.version < 5) return false
  return code >= 0x80 && (codes?.includes(code) ?? true)
}

/** The broker must give up the client, with a Reason Code of an error for one of 5.0. [MQTT-4.8.0-1] [MQTT-4.13.1-1] */
export function judgeBroken(oracle: Oracle, link: Link, codes?: readonly number[]): void {
  if (!link.peer.isClosed) throw new Error(`${link.name}: broke the protocol and was not closed`)
  const last = link.answers.shift()
  if (last && !isRefusal(link, last, codes)) {
    throw new Error(`${link.name}: broke the protocol${codes ? ` (${codes.join()})` : ''} and received ${
      JSON.stringify(last)}`)
  }
  if (!last && link.version === 5 && link.state === 'connected') throw new Error(`${link.name}: no DISCONNECT`)
  oracle.ended(link, true)
}

/** The client may not publish to the topic: 3.1.1 has no words for it. */
function judgeDenied(oracle: Oracle, link: Link, { qos, messageId }: AnyPacket): void {
  oracle.coverage.touch('denied PUBLISH')
  if (qos === 0) return
  const { reasonCode } = link.take(qos === 1 ? 'puback' : 'pubrec', messageId)
  const isFull = oracle.isCrowded && reasonCode === QUOTA_EXCEEDED
  if (link.version === 5 && reasonCode !== NOT_AUTHORIZED && !isFull) {
    throw new Error(`${link.name}: acknowledged with ${reasonCode} what it may not publish`)
  }
}

function judgePublish(oracle: Oracle, link: Link, packet: AnyPacket): void {
  const { topic: sentTopic, qos, messageId, retain } = packet
  const session = sessionOf(oracle, link)
  const properties = (packet as unknown as IPublishPacket).properties
  const alias = properties?.topicAlias
  const topic = sentTopic || link.aliases.get(alias ?? 0)!
  if (alias !== undefined) link.aliases.set(alias, topic)
  if (qos === 2 && session.incoming.has(messageId)) {
    link.take('pubrec', messageId)
    oracle.coverage.touch('QoS 2 sent again [MQTT-4.3.3-10]')
    return
  }
  const interval = properties?.messageExpiryInterval
  const message: ModelMessage = {
    topic, payload: packet.payload.toString(), qos, retain, publisher: link.clientId,
    expiresAt: interval === undefined ? Infinity : oracle.time + interval * 1_000,
  }
  if (!oracle.access.allows(link, ACCESS_WRITE, topic)) {
    judgeDenied(oracle, link, packet)
    return
  }
  const code = qos === 0 ? undefined : link.take(qos === 1 ? 'puback' : 'pubrec', messageId).reasonCode ?? 0
  if (code === QUOTA_EXCEEDED && (oracle.isCrowded || oracle.model.isFull(message))) {
    oracle.coverage.touch('limit messages')
    oracle.model.refuse(message)
    return
  }
  // A packet that does not fit the receive ring needs room at QoS 0 too.
  const mayBeLost = isSmall(oracle.board) && (packet.length ?? 0) > oracle.board.RX_RING_SIZE
  const outcome = oracle.model.publish(message, mayBeLost)
  if (code !== undefined && link.version === 5) checkCode(link.name, code, outcome)
  if (qos === 2) session.incoming.set(messageId, topic)
}

function judgePubrel(oracle: Oracle, link: Link, { messageId }: AnyPacket): void {
  const { reasonCode } = link.take('pubcomp', messageId)
  const isKnown = sessionOf(oracle, link).incoming.delete(messageId)
  if (link.version === 5 && (reasonCode ?? 0) !== (isKnown ? 0 : NO_IDENTIFIER)) {
    throw new Error(`${link.name}: PUBCOMP ${reasonCode}`)
  }
}

/** The delivery that a client acknowledges. */
function acknowledged(oracle: Oracle, link: Link, { cmd, messageId }: AnyPacket): Delivery | undefined {
  const delivery = sessionOf(oracle, link).queue
    .find((other) => other.packetIdentifier === messageId && other.state !== 'waiting')
  if (cmd === 'puback') return delivery?.qos === 1 ? delivery : undefined
  return delivery?.qos === 2 && (cmd === 'pubrec' || delivery.state === 'released') ? delivery : undefined
}

/** PUBACK and PUBCOMP. */
const judgeFinal: Judge = (oracle, link, packet) =>
  sessionOf(oracle, link).remove(acknowledged(oracle, link, packet)!)

const judgePubrec: Judge = (oracle, link, packet) => {
  const session = sessionOf(oracle, link)
  const delivery = acknowledged(oracle, link, packet)
  if (!delivery) {
    session.releases.add(packet.messageId)
    return
  }
  if ((packet.reasonCode ?? 0) >= 0x80) {
    session.remove(delivery)
    return
  }
  delivery.state = 'released'
  session.releases.add(packet.messageId)
}

/** One client may bring in so many arrangements of wildcards, and so many filters beyond. */
function hasManyWildcards(oracle: Oracle, link: Link): boolean {
  const { FILTER_SHAPES_CLIENT_MAX, FILTERS_WALKED_CLIENT_MAX } = oracle.board
  const wild = [...sessionOf(oracle, link).subscriptions.keys()].filter((filter) => /[+#]/.test(filter))
  return wild.length >= FILTER_SHAPES_CLIENT_MAX + FILTERS_WALKED_CLIENT_MAX
}

function judgeSubscribe(oracle: Oracle, link: Link, packet: AnyPacket): void {
  const { subscriptions, properties } = packet as unknown as ISubscribePacket
  const { granted } = link.take('suback', packet.messageId)
  if (granted.length !== subscriptions.length) throw new Error(`${link.name}: ${granted.length} codes in SUBACK`)
  for (const [index, { topic, qos, nl, rap, rh }] of subscriptions.entries()) {
    const code = granted[index]
    if (!isFilter(topic)) {
      if (code === (link.version === 5 ? FILTER_INVALID : 0x80)) continue
      throw new Error(`${link.name}: SUBACK ${granted.join()} for what is no Topic Filter`)
    }
    if (code === (link.version === 5 ? QUOTA_EXCEEDED : 0x80) && (oracle.isCrowded || hasManyWildcards(oracle, link))) {
      oracle.coverage.touch('limit subscriptions')
      continue
    }
    if (!oracle.access.allowsFilter(link, sharedParts(topic)?.filter ?? topic)) {
      oracle.coverage.touch('denied SUBSCRIBE')
      // 3.1.1 has one code for every refusal.
      if (code === (link.version === 5 ? NOT_AUTHORIZED : 0x80)) continue
      throw new Error(`${link.name}: SUBACK ${granted.join()} for what it may not read`)
    }
    if (code !== qos) throw new Error(`${link.name}: SUBACK ${granted.join()}`)
    oracle.model.subscribe(link.clientId, topic, {
      qos, noLocal: nl ?? false, retainAsPublished: rap ?? false, identifier: properties?.subscriptionIdentifier ?? 0,
    }, rh ?? 0)
  }
}

function judgeUnsubscribe(oracle: Oracle, link: Link, packet: AnyPacket): void {
  const { unsubscriptions } = packet as unknown as IUnsubscribePacket
  const { granted } = link.take('unsuback', packet.messageId)
  for (const [index, filter] of unsubscriptions.entries()) {
    const existed = oracle.model.unsubscribe(link.clientId, filter)
    const wanted = !isFilter(filter) ? FILTER_INVALID : existed ? 0 : NO_SUBSCRIPTION
    if (link.version === 5 && granted[index] !== wanted) {
      throw new Error(`${link.name}: UNSUBACK ${granted.join()}`)
    }
  }
}

function judgeDisconnect(oracle: Oracle, link: Link, packet: AnyPacket): void {
  if (!link.peer.isClosed) throw new Error(`${link.name}: still open after DISCONNECT`)
  const interval = (packet.properties as { sessionExpiryInterval?: number } | undefined)?.sessionExpiryInterval
  const withWill = link.version === 5 && (packet.reasonCode ?? 0) !== 0 // [MQTT-3.14.4-3]
  oracle.ended(link, withWill, interval === undefined ? undefined : interval * 1_000)
}

const JUDGES: Record<string, Judge> = {
  publish: judgePublish, pubrel: judgePubrel, puback: judgeFinal, pubrec: judgePubrec, pubcomp: judgeFinal,
  subscribe: judgeSubscribe, unsubscribe: judgeUnsubscribe, disconnect: judgeDisconnect,
  pingreq: (_oracle, link) => void link.take('pingresp'),
}

/** Whether the standard says what must become of these packets here. A script that was made short may hold others. */
export function areJudgeable(oracle: Oracle, link: Link, packets: readonly Uint8Array[]): boolean {
  const aliases = new Set(link.aliases.keys())
  return packets.every((bytes) => {
    const packet = frameDecode(bytes, link.version) as AnyPacket
    const { cmd } = packet
    if (link.state === 'new') return cmd === 'connect'
    if (cmd === 'puback' || cmd === 'pubrec' || cmd === 'pubcomp') return !!acknowledged(oracle, link, packet)
    if (cmd !== 'publish') return cmd in JUDGES
    const alias = (packet as unknown as IPublishPacket).properties?.topicAlias
    if (packet.topic === '' && !aliases.has(alias ?? 0)) return false
    if (alias !== undefined) aliases.add(alias)
    return true
  })
}

/** Judges the messages that the broker has sent on a connection since then. */
export function judgeStream({ model, time }: Oracle, link: Link, since: number): void {
  for (const packet of link.stream.splice(0)) {
    const session = model.sessions.get(link.clientId)
    if (!session || link.state !== 'connected') throw new Error(`${link.name}: ${packet.cmd} before CONNACK`)
    if (packet.cmd === 'publish') session.published(packet, since, time)
    else session.released(packet.messageId)
  }
}

/** Bytes that a board reads at once. */
const CHUNK_SIZE = 536

/** Whether the connection has ended where a packet, of what came last, may not have been all there. */
export function isCutShort({ state, peer, pending }: Link, bytes: Uint8Array): boolean {
  return state !== 'over' && peer.isClosed && (pending.length > 0 || bytes.length > CHUNK_SIZE)
}

/** A board whose memory is full may have no room for what has arrived of a packet: then it closes the connection. */
export function judgeCutShort(oracle: Oracle, link: Link): void {
  judgeStream(oracle, link, oracle.time)
  if (link.state === 'connected' && (link.takeReason() ?? QUOTA_EXCEEDED) !== QUOTA_EXCEEDED) {
    throw new Error(`${link.name}: cut short without 0x97`)
  }
  // Whether the packet was counted is the broker's.
  oracle.traffic.broken++
  oracle.coverage.touch('limit part of a packet')
  oracle.ended(link, true)
}

/** Judges the broker's answers to a packet that has arrived on a connection. */
export function judgePacket(oracle: Oracle, link: Link, bytes: Uint8Array, isBroken: boolean): void {
  // Packets behind a DISCONNECT are nobody's.
  if (link.state === 'over') return
  if (isBroken) {
    oracle.coverage.touch('fault broken packet [MQTT-4.8.0-1]')
    judgeBroken(oracle, link)
    return
  }
  const packet = frameDecode(bytes, link.version) as AnyPacket
  oracle.coverage.touch(`received ${packet.cmd}${packet.cmd === 'publish' ? ` QoS ${packet.qos}` : ''}`)
  if (link.state === 'new') judgeConnect(oracle, link, packet)
  else JUDGES[packet.cmd](oracle, link, packet)
}
