// What a broker of 5.0 says of itself in CONNACK: of that the other one is told what it must keep to.
import { link } from './link'
import { characters, packetHead } from './packets'
import { bridgeTopics, IN, OUT } from './terms'

const SERVER_KEEP_ALIVE = 0x13
const RECEIVE_MAXIMUM = 0x21
const USER_PROPERTY = 0x26
const MAXIMUM_PACKET_SIZE = 0x27
/** Property Identifiers by the bytes of their value; all others say their size. [MQTT 5.0 section 2.2.2.2] */
const OF_ONE = '\x24\x25\x28\x29\x2a'
const OF_TWO = '\x13\x21\x22'
const OF_FOUR = '\x11\x27'

/**
 * The properties of a CONNACK that a CONNECT has too, whose Reason Code is at `at`. Topics may be longer on its side,
 * so that a packet that fits the one broker must be smaller for the other.
 */
export function limitsOf(packet: string, at: number, isOut: boolean): string {
  let limits = ''
  at += packetHead(packet.substr(at))!._headerSize
  for (let size = 0; at < packet.length; at += size) {
    const identifier = packet[at]
    const code = packet.charCodeAt(at)
    const word = wordAt(packet, at + 1)
    size = 1 + (OF_ONE.indexOf(identifier) >= 0 ? 1 : OF_TWO.indexOf(identifier) >= 0 ? 2
      : OF_FOUR.indexOf(identifier) >= 0 ? 4 : word + 2)
    if (code === USER_PROPERTY) size += 2 + wordAt(packet, at + size)
    if (code === SERVER_KEEP_ALIVE && isOut) link._keepAliveS = word
    if (code === RECEIVE_MAXIMUM) limits += packet.substr(at, 3)
    if (code === MAXIMUM_PACKET_SIZE) {
      const most = word * 65_536 + wordAt(packet, at + 3) - growth(isOut)
      limits += identifier + characters(most >>> 24, most >>> 16 & 255, most >>> 8 & 255, most & 255)
    }
  }
  return limits
}

function wordAt(packet: string, at: number): number {
  return packet.charCodeAt(at) << 8 | packet.charCodeAt(at + 1)
}

/** By how many bytes a topic may become longer on its way. */
function growth(isOut: boolean): number {
  let most = 0
  for (const line of bridgeTopics) {
    const more = (line._remote.length - line._local.length) * (isOut ? 1 : -1)
    if (line._ways & (isOut ? OUT : IN)) most = Math.max(most, more)
  }
  return most
}
