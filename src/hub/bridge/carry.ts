// What comes from one of the two brokers goes on to the other one: PUBLISH under another topic, acknowledgements as
// they are. The rest is for the bridge itself.
//
// Packets come in any pieces. Nothing but the head of a packet is kept: what stands behind a topic is handed on as it
// comes, whatever its size.
import { BRIDGE_IDENTIFIER } from '../../port/espruino/own_clients'
import type { Way } from './ends'
import { limitsOf } from './limits'
import { comeHere, hand, leave, link, NEWEST, PLAIN, PRIVATE } from './link'
import { characters, connectFields, connectPacket, fixedHeader, lengthAndText, packetHead } from './packets'
import { bridgeTerms, bridgeTopics, IN, otherName, OUT, QOS } from './terms'

/** Our SUBSCRIBE packets. */
const SUBSCRIBE_IDENTIFIER = '\xff\xff'
/** Options of a SUBSCRIBE of 5.0, as the bit of a bridge means in 3.1.1: No Local, Retain As Published. */
const AS_BRIDGE = 0x0c
/** The session never ends. */
export const LASTING = '\x11\xff\xff\xff\xff'
/** Reason Codes, and 3.1.1's word for a level that it does not know. */
const UNACCEPTABLE_LEVEL = 1
const UNSUPPORTED_PROTOCOL_VERSION = 0x84
const QUOTA_EXCEEDED = 0x97

/** Hands on what has come. */
export function carry(way: Way, data: string): void {
  data = way._begun + data
  way._begun = ''
  while (data) {
    if (!way._left) {
      const rest = carryHead(way, data)
      if (rest < 0) {
        way._begun = data
        return
      }
      data = data.substr(rest)
    }
    const piece = data.substr(0, way._left)
    way._left -= piece.length
    if (piece && way._isCarried) hand(way._isOut, piece)
    data = data.substr(piece.length)
  }
}

/** Answers where what follows the head of a PUBLISH begins, or behind another packet; -1: more must come. */
function carryHead(way: Way, data: string): number {
  const head = packetHead(data)
  if (!head) return -1
  const first = head._first
  const at = head._headerSize
  if (first >> 4 !== 3) {
    if (data.length < at + head._size) return -1
    take(way._isOut, data.substr(0, at + head._size), at)
    return at + head._size
  }
  const nameAt = at + 2
  const nameEnd = nameAt + (data.charCodeAt(at) << 8 | data.charCodeAt(at + 1))
  if (data.length < nameEnd + (first & 6 ? 2 : 0)) return -1
  const name = otherName(data.substring(nameAt, nameEnd), way._isOut)
  way._isCarried = name !== ''
  way._left = head._size - nameEnd + at
  if (name) hand(way._isOut, fixedHeader(first, way._left + 2 + name.length) + lengthAndText(name))
  // Who sent it is not to wait for somebody's acknowledgement.
  else if (first & 6) hand(!way._isOut, characters(first & 4 ? 0x50 : 0x40, 2) + data.substr(nameEnd, 2))
  return nameEnd
}

/** A packet that is no PUBLISH; what follows its fixed header is at `at`. */
function take(isOut: boolean, packet: string, at: number): void {
  const type = packet.charCodeAt(0) >> 4
  const code = packet.charCodeAt(at + 2)
  if (type > 3 && type < 8) {
    // Both have it under one Packet Identifier: here it is sent again with the next connection.
    if (!isOut && type < 6 && code === QUOTA_EXCEEDED) return leave('no room there')
    if (!isOut && type < 6 && code > 127) print(`bridge: a message is refused with 0x${code.toString(16)}`)
    hand(isOut, packet)
  } else if (type === 2) {
    if (!isOut) onConnack(packet, at)
    else if (packet.charCodeAt(at + 1)) link._isRefused = true
    // In 5.0 its properties follow.
    else if (packet.length > at + 2) link._limits = limitsOf(packet, at + 1, false)
  } else if (isOut) return
  else if (type === 9 && packet.charCodeAt(packet.length - 1) > 127) {
    print('bridge: may not subscribe to all of its topics')
  } else if (type === 14) leave(`let go of with 0x${(packet.charCodeAt(at) || 0).toString(16)}`)
}

/** `properties` and `options` are those of 5.0. */
export function subscribeAll(isOut: boolean, properties: string, options: number): void {
  for (const line of bridgeTopics) {
    if (!(line._ways & (isOut ? OUT : IN))) continue
    const filter = (isOut ? line._local : line._remote) + line._pattern
    const body = SUBSCRIBE_IDENTIFIER + properties + lengthAndText(filter) + characters(line._ways & QOS | options)
    // What goes out is subscribed to here.
    hand(!isOut, fixedHeader(0x82, body.length) + body)
  }
}

function onConnack(packet: string, at: number): void {
  const code = packet.charCodeAt(at + 1)
  if (code) {
    // Soon again, as one of 3.1.1, and then as one that is no bridge.
    const isPuzzled = (code === UNACCEPTABLE_LEVEL || code === UNSUPPORTED_PROTOCOL_VERSION)
      && (link._level === NEWEST ? !bridgeTerms.bridge_protocol_version : link._level === PRIVATE)
    if (isPuzzled) link._level = link._level === NEWEST ? PRIVATE : PLAIN
    return leave(isPuzzled ? 'asked as an older client' : `refused with 0x${code.toString(16)}`)
  }
  print(`bridge: connected to ${bridgeTerms.address}`)
  link._retryS = 1
  const isNewest = link._level === NEWEST
  const limits = isNewest ? limitsOf(packet, at + 1, true) : ''
  if (!comeHere()) return
  hand(false, connectPacket(isNewest ? NEWEST : PRIVATE, 0, 0,
    connectFields(isNewest, LASTING + limits) + lengthAndText(BRIDGE_IDENTIFIER)))
  subscribeAll(true, isNewest ? '\0' : '', isNewest ? AS_BRIDGE : 0)
  subscribeAll(false, isNewest ? '\0' : '', isNewest ? AS_BRIDGE : 0)
  const state = lengthAndText(link._stateTopic) + (isNewest ? '\0' : '') + '1'
  if (link._stateTopic) hand(true, fixedHeader(0x31, state.length) + state)
}
