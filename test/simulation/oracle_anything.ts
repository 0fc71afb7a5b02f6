// Bytes of whatever kind that reach the broker: judged packet by packet, each by what the standard says of its form
// first. What is wrong ends its own connection, with a Reason Code for it, and changes nothing else.

import type { ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet'
import { frameDecode } from '../support/frame'
import type { AnyPacket } from '../support/peer'
import { SHARED } from '../model/operations'
import { isText } from '../model/strict_fields'
import { strictJudge, type Standing } from '../model/strict_packet'
import type { Link } from './link'
import type { Oracle } from './oracle'
import { judgeBroken, judgePacket, judgeStream } from './oracle_packets'
import { Unjudged } from './script'

/** Seconds: what expires sooner may be gone when it is sent, or not. */
const EXPIRY_MIN = 10

/** Where the level of the protocol stands in a CONNECT. */
function levelAt(bytes: Uint8Array): number {
  let at = 1
  while (bytes[at] > 127) at++
  return at + 3 + bytes[at + 2]
}

/** The version that the broker answers a CONNECT in; undefined: its level has not come. */
function versionOf(bytes: Uint8Array): 3 | 4 | 5 | undefined {
  const level = bytes[levelAt(bytes)]
  if (level === undefined) return undefined
  return level === 3 ? 3 : level < 5 || level > 0x7f ? 4 : 5
}

function standingOf({ board, model }: Oracle, link: Link): Standing {
  return {
    version: link.version, isConnected: link.state === 'connected', aliases: link.aliases,
    aliasMax: board.FEATURE_TOPIC_ALIAS ? board.TOPIC_ALIAS_MAX : 0, packetMax: board.PACKET_SIZE_MAX,
    wholeMax: board.RX_SHARED ? board.PACKET_SIZE_MAX : board.PACKET_HELD_MAX, hasOldest: board.FEATURE_MQTT31,
    hasBridges: board.FEATURE_BRIDGE_LEVEL, passesLarge: board.RECORDS_MAPPED,
    isBrief: link.sessionExpiry === 0 || !model.sessions.has(link.clientId),
    hasIdentifiers: board.FEATURE_SUBSCRIPTION_IDENTIFIER,
  }
}

export async function receiveAnything(oracle: Oracle, link: Link, bytes: Uint8Array): Promise<void> {
  if (link.isBetweenPackets) link.begunAt = oracle.time
  link.pending = Buffer.concat([link.pending, bytes])
  if (link.state === 'new') link.peer.version = link.version = versionOf(link.pending) ?? link.version
  await link.peer.send(bytes)
  oracle.collect()
  while (link.pending.length > 0 && (link.state as string) !== 'over') {
    const { codes, size } = strictJudge(link.pending, standingOf(oracle, link))
    const isWhole = size > 0 && link.pending.length >= size
    // What is wrong in a packet of which more is to come, the broker may find out later.
    const isDue = isWhole || size === 0 || size > oracle.board.PACKET_SIZE_MAX || link.peer.isClosed
    if (codes.length > 0 && isDue) giveUp(oracle, link, codes)
    if (codes.length > 0 || !isWhole) break
    const packet = link.pending.subarray(0, size)
    link.pending = link.pending.subarray(size)
    take(oracle, link, packet)
    link.begunAt = oracle.time
  }
  // Every byte is life, once it is connected.
  if (link.state === 'connected') link.heardAt = oracle.time
  oracle.settle(oracle.time)
}

function giveUp(oracle: Oracle, link: Link, codes: readonly number[]): void {
  oracle.coverage.touch(`broken: ${codes.map((code) => code.toString(16)).join()}`)
  // What it was sent before, it was sent.
  judgeStream(oracle, link, oracle.time)
  const isList = [8, 10].includes(link.pending[0] >> 4)
  judgeBroken(oracle, link, codes)
  oracle.traffic.broken++
  // Which of its filters were taken before, the standard leaves open.
  if (isList && oracle.model.sessions.has(link.clientId)) throw new Unjudged('a list of filters that ends badly')
}

/** Flags that say nothing in 3.1, as 3.1.1 has them: the other decoder knows no others. */
function withoutFlags(bytes: Uint8Array): Uint8Array {
  const type = bytes[0] >> 4
  if (type === 3) return bytes
  const plain = Uint8Array.from(bytes)
  plain[0] = type << 4 | ([6, 8, 10].includes(type) ? 2 : 0)
  if (type === 1) plain[levelAt(bytes) + 1] &= 0xfe
  return plain
}

function take(oracle: Oracle, link: Link, sent: Uint8Array): void {
  const bytes = link.version === 3 ? withoutFlags(sent) : sent
  const packet = frameDecode(bytes, link.version) as AnyPacket
  if (!isJudged(oracle, link, packet)) throw new Unjudged(`a ${packet.cmd} of which the standard leaves much open`)
  oracle.packetsIn++
  oracle.traffic.handled++
  if (packet.cmd === 'disconnect') judgeStream(oracle, link, oracle.time)
  judgePacket(oracle, link, bytes, false)
}

/** Whether the oracle knows what must become of a packet. */
function isJudged(oracle: Oracle, link: Link, packet: AnyPacket): boolean {
  const { cmd, messageId } = packet
  const properties = (packet.properties ?? {}) as Record<string, unknown>
  if (cmd === 'connect') return isJudgedConnect(oracle, link, packet, properties)
  const session = oracle.model.sessions.get(link.clientId)!
  if (cmd === 'publish') {
    const { messageExpiryInterval: expiry, payloadFormatIndicator } = properties
    const isOverQuota = packet.qos === 2 && !session.incoming.has(messageId)
      && session.incoming.size >= oracle.board.RECEIVE_MAX
    // Where a packet comes slowly, its interval may begin with its first byte or with its last one.
    const isSlow = expiry !== undefined && link.begunAt < oracle.time
    return !isOverQuota && !isSlow && !packet.topic.startsWith('$SYS')
      && (expiry === undefined || Number(expiry) >= EXPIRY_MIN) && (!payloadFormatIndicator || isText(packet.payload))
  }
  if (cmd === 'subscribe') {
    const filters = (packet as unknown as ISubscribePacket).subscriptions.map(({ topic }) => topic)
    return new Set(filters).size === filters.length && filters.every((filter) => isJudgedFilter(oracle, filter))
  }
  if (cmd === 'unsubscribe') {
    return (packet as unknown as IUnsubscribePacket).unsubscriptions.every((filter) => isJudgedFilter(oracle, filter))
  }
  if (cmd !== 'puback' && cmd !== 'pubrec' && cmd !== 'pubcomp') return true
  const delivery = session.queue.find(({ packetIdentifier }) => packetIdentifier === messageId)
  // Each is answered.
  if (cmd === 'pubrec' && session.releases.has(messageId)) return false
  // It acknowledges what it cannot have read yet.
  if (link.stream.some((sent) => sent.cmd === 'publish' && sent.messageId === messageId)) return false
  return !delivery || (delivery.state !== 'waiting' && (delivery.qos === 1) === (cmd === 'puback'))
}

function isJudgedConnect(
  { board, formerVersions }: Oracle, { version }: Link, packet: AnyPacket, properties: Record<string, unknown>,
): boolean {
  const { clientId, clean, will, bridgeMode } = packet as unknown as {
    clientId: string, clean: boolean, will?: { topic: string }, bridgeMode?: boolean,
  }
  const { maximumPacketSize, authenticationMethod } = properties
  return maximumPacketSize === undefined && authenticationMethod === undefined && clientId !== 'auditor'
    // What a bridge hears, and what it may say, is not in the standard.
    && !bridgeMode
    // A session of 5.0 that another version goes on with is nobody's wish.
    && (formerVersions.get(clientId) ?? version) > 4 === version > 4
    && Buffer.byteLength(clientId) <= board.CLIENT_IDENTIFIER_SIZE_MAX && (clientId !== '' || clean)
    && !will?.topic.startsWith('$SYS')
}

function isJudgedFilter({ board }: Oracle, filter: string): boolean {
  if (filter.startsWith('$share')) return board.FEATURE_SHARED_SUBSCRIPTION && SHARED.includes(filter)
  return !/^(\$SYS|\$\+|\$#)/.test(filter)
}
