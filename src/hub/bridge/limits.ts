// What a broker of 5.0 says of itself in CONNACK: of that the other one is told what it must keep to, and a bridge
// keeps to the rest.
import { acknowledgement, answer, link, NEWEST } from './link'
import { characters, remainingLength } from '../packets'
import { BETWEEN, bridgeTopics, filterOf } from './terms'

const SERVER_KEEP_ALIVE = 0x13
const RECEIVE_MAXIMUM = 0x21
const MAXIMUM_QOS = 0x24
const RETAIN_AVAILABLE = 0x25
const USER_PROPERTY = 0x26
const MAXIMUM_PACKET_SIZE = 0x27
/** Property Identifiers by the bytes of their value; all others say their size. [MQTT 5.0 section 2.2.2.2] */
const OF_ONE = '\x24\x25\x28\x29\x2a'
const OF_TWO = '\x13\x21\x22'
const OF_FOUR = '\x11\x27'
/** Bits of a PUBLISH's first byte. */
export const RETAIN_BIT = 1
export const QOS_BITS = 6
const QOS_2_BIT = 4
/** Bytes of the largest packet of MQTT. [MQTT 5.0 section 2.1.4] */
const PACKET_SIZE_LARGEST = 268_435_460

/**
 * The properties of a CONNACK that a CONNECT has too, whose Reason Code is at `at`. Topics may be longer on its side,
 * so that a packet that fits the one broker must be smaller for the other.
 */
export function limitsOf(packet: string, at: number, isOut: boolean): string {
  let limits = ''
  // Their size is the rest of the packet.
  while (packet.charCodeAt(++at) > 127) { /* More of it. */ }
  if (isOut) link._unfit = 0
  for (let size = ++at; at < packet.length; at += size) {
    const identifier = packet[at]
    const code = packet.charCodeAt(at)
    const byte = packet.charCodeAt(at + 1)
    const word = wordAt(packet, at + 1)
    size = 1 + (OF_ONE.indexOf(identifier) >= 0 ? 1 : OF_TWO.indexOf(identifier) >= 0 ? 2
      : OF_FOUR.indexOf(identifier) >= 0 ? 4 : word + 2)
    if (code === USER_PROPERTY) size += 2 + wordAt(packet, at + size)
    if (code === SERVER_KEEP_ALIVE && isOut) link._keepAliveS = word
    // [MQTT-3.2.2-11] [MQTT-3.2.2-14]
    if (code === MAXIMUM_QOS && isOut) link._unfit |= byte ? QOS_2_BIT : QOS_BITS
    if (code === RETAIN_AVAILABLE && isOut && !byte) link._unfit |= RETAIN_BIT
    // What a broker without room refuses comes alone, so that nothing overtakes it.
    if (code === RECEIVE_MAXIMUM && !(isOut && link._fullS)) limits += packet.substr(at, 3)
    if (code === MAXIMUM_PACKET_SIZE) {
      const most = largestWithin(word * 65_536 + wordAt(packet, at + 3), isOut)
      if (!isOut) link._most = most
      limits += identifier + characters(most >>> 24, most >>> 16 & 255, most >>> 8 & 255, most & 255)
    }
  }
  return limits
}

function wordAt(packet: string, at: number): number {
  return packet.charCodeAt(at) << 8 | packet.charCodeAt(at + 1)
}

/** The largest packet that is of no more than so many bytes on the other side, where its topic may be longer. */
function largestWithin(most: number, isOut: boolean): number {
  let longer = 0
  for (const line of bridgeTopics) {
    const parts = line.split(BETWEEN)
    const more = (parts[3].length - parts[2].length) * (isOut ? 1 : -1)
    if (filterOf(line, isOut)) longer = Math.max(longer, more)
  }
  // What comes in 3.1.1 becomes longer by the length of no properties.
  if (!isOut && link._level !== NEWEST) longer++
  // Without the first byte and a Remaining Length, of which each byte has seven bits. [MQTT 5.0 section 1.5.5]
  let rest = Math.min(most, PACKET_SIZE_LARGEST) - 2
  for (let bits = 7; rest >> bits; bits += 7) rest--
  rest = Math.max(0, rest - longer)
  return 1 + remainingLength(rest).length + rest
}

/**
 * The first byte that a PUBLISH goes there with, where its own says more than the other broker takes. What is not
 * acknowledged there any more is so here: this broker waits for it.
 */
export function fitted(first: number, packetIdentifier: string): number {
  const isUnacknowledged = (link._unfit & QOS_BITS) === QOS_BITS
  let fit = first & ~link._unfit
  if (first & link._unfit & QOS_2_BIT && !isUnacknowledged) {
    fit |= 2
    link._lowered = (link._lowered || '') + packetIdentifier
  }
  if (!(first & QOS_BITS) || fit & QOS_BITS) return fit
  answer(false, acknowledgement(first, packetIdentifier))
  // [MQTT-3.3.1-2]
  return fit & ~8
}

/** Whether it is one of those that went out at QoS 1 in the place of 2; then it is none any more. */
export function loweredTake(packetIdentifier: string): boolean {
  const all = link._lowered || ''
  let others = ''
  for (let at = 0; at < all.length; at += 2) {
    const one = all.substr(at, 2)
    if (one !== packetIdentifier) others += one
  }
  if (all) link._lowered = others
  return others !== all
}
