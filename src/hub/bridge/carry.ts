// What comes from one of the two brokers goes on to the other one: PUBLISH under another topic, acknowledgements as
// they are. The rest is for the bridge itself. The client here is one of 5.0 whatever the other broker speaks, as only
// such a one is told that there is no room: properties go to no broker of 3.1.1, and come empty from there.
//
// Packets come in any pieces. Nothing but the head of a packet is kept: what stands behind a topic is handed on as it
// comes, whatever its size, and with the head where it has come with that: the express lane here takes whole packets.
import { bodyAt, characters, remainingLength, remainingLengthAt } from '../packets'
import { onConnack } from './connected'
import type { Local, Remote } from './ends'
import { happened } from './happened'
import { fitted, limitsOf, loweredTake, QOS_BITS } from './limits'
import {
  acknowledgement, answer, hearBehind, HERE, leave, leaveFull, link, localEnd, NEWEST, QUOTA_EXCEEDED, remoteHold,
} from './link'
import { otherName } from './terms'

/** What an acknowledgement begins with. */
const PUBACK = 4
const PUBREC = 5
const PUBREL = 6
const PUBCOMP = 7
/** Reason Codes from here on are errors. */
const FAILURE = 0x80

/** What carryHead leaves for its caller: the head of a PUBLISH as it goes on, or an acknowledgement. */
let head: string | undefined

/**
 * Takes all that an end has to say, in whose name it is called: bytes, which go on to the other end; anything else is
 * something that has happened, and nothing in nobody's name a second that is over. One function for all of these takes
 * one's memory.
 */
export function carry(this: Local | Remote | void, data?: unknown): boolean {
  const isOut = this === localEnd
  if (typeof data !== 'string') {
    happened(this, data)
    return true
  }
  const from = this as Local | Remote
  if (!isOut) link._silentS = 0
  let bytes = data
  if (from.part) {
    bytes = from.part + data
    delete from.part
  }
  // What a connection that was left still says is nobody's, also behind what it was left for.
  while (bytes && (isOut || this === link._remote)) {
    if (!from.left) {
      const rest = carryHead(from, bytes, isOut)
      if (rest < 0) {
        from.part = bytes
        return true
      }
      bytes = bytes.substr(rest)
    }
    const piece = bytes.substr(0, from.left)
    from.left! -= piece.length
    bytes = bytes.substr(piece.length)
    const going = head ? head + piece : piece
    // Who is handed something may answer at once, by this function.
    head = undefined
    if (!going || !from.goes) continue
    if (isOut) {
      link._quietS = 0
      // As `send`, of which memory has nothing: this is done for every message.
      try { link._remote!.write(going) } catch { /* It has gone; its 'close' comes. */ }
    } else if (from.goes > 1 && !from.left && (localEnd.left || localEnd.part)) hearBehind(going)
    else localEnd.hear(going)
  }
  return true
}

/** Answers where what follows the head of a PUBLISH begins, or behind another packet; -1: more must come. */
function carryHead(from: Local | Remote, data: string, isOut: boolean): number {
  const size = data.charCodeAt(1)
  // Of most packets it is one byte, for which nothing is called; one that is not there is NaN.
  const packetSize = size < 128 ? size : remainingLengthAt(data, 0)
  const at = size < 128 ? 2 : bodyAt
  if (packetSize < 0) return -1
  let first = data.charCodeAt(0)
  if (first >> 4 !== 3) {
    if (data.length < at + packetSize) return -1
    from.goes = 1
    head = taken(isOut, data.substr(0, at + packetSize), at)
    return at + packetSize
  }
  const topicEnd = at + 2 + (data.charCodeAt(at) << 8 | data.charCodeAt(at + 1))
  let rest = topicEnd + (first & QOS_BITS ? 2 : 0)
  if (data.length < rest) return -1
  let packetIdentifier = data.substring(topicEnd, rest)
  if (isOut && link._level !== NEWEST) {
    rest = data[rest] === '\0' ? rest + 1 : propertiesEnd(data, rest)
    if (rest < 0) return -1
  }
  from.left = packetSize - rest + at
  if (from.left < 0) {
    from.left = 0
    leaveFull('a PUBLISH is no PUBLISH')
    return data.length
  }
  let name = ''
  // What is behind one that found no room must not overtake it, and comes again too. [MQTT-4.6.0-2]
  if (!isOut && link._retryIn && first & QOS_BITS) packetIdentifier = ''
  else if (!isOut && at + packetSize > link._most) print(`bridge: ${packetSize} bytes are too large here`)
  else name = otherName(data.substring(at + 2, topicEnd), isOut)
  if (isOut && name) {
    if (first & link._unfit) {
      first = fitted(first, packetIdentifier)
      if (!(first & QOS_BITS)) packetIdentifier = ''
    }
    if (!(first & QOS_BITS)) link._sent++
  }
  from.goes = name ? first & QOS_BITS | 1 : 0
  if (name) {
    if (!isOut && link._level !== NEWEST) packetIdentifier += '\0'
    const nameSize = name.length
    const sizeThere = from.left + 2 + nameSize + packetIdentifier.length
    // Its parts stand here, as few packets are large: a call of what is seldom called takes a millisecond.
    head = (sizeThere < 128 ? characters(first, sizeThere) : characters(first) + remainingLength(sizeThere))
      + characters(nameSize >> 8, nameSize & 255) + name + packetIdentifier
  // Who sent it is not to wait for somebody's acknowledgement.
  } else if (packetIdentifier) {
    answer(!isOut, acknowledgement(first, packetIdentifier))
  }
  return rest
}

/** Where the properties that begin there end; -1: more must come. */
function propertiesEnd(data: string, at: number): number {
  const size = remainingLengthAt(data, at - 1)
  return size < 0 || data.length < bodyAt + size ? -1 : bodyAt + size
}

/** A packet that is no PUBLISH; what follows its fixed header is at `at`. Answers what of it goes on. */
function taken(isOut: boolean, packet: string, at: number): string {
  const type = packet.charCodeAt(0) >> 4
  if (type >= PUBACK && type <= PUBCOMP) return isOut ? answerThere(type, packet, at) : answerHere(type, packet, at)
  if (type === 2) {
    if (isOut) link._limits = limitsOf(packet, at + 1, false)
    // A second one would bring a second client here. [MQTT-3.2.0-2]
    else if (!(link._presence & HERE)) onConnack(packet, at)
  } else if (isOut) return ''
  else if (type === 9 && packet.charCodeAt(packet.length - 1) >= FAILURE) {
    print('bridge: may not subscribe to all of its topics')
  } else if (type === 14) {
    const code = packet.charCodeAt(at) || 0
    if (code === QUOTA_EXCEEDED) leaveFull('no room there')
    else leave(`let go of with 0x${code.toString(16)}`)
  }
  return ''
}

// Both brokers have a message under one Packet Identifier.

/** An acknowledgement of this broker. */
function answerThere(type: number, packet: string, at: number): string {
  const packetIdentifier = packet.substr(at, 2)
  if (type <= PUBREC) {
    if (packet.charCodeAt(at + 2) !== QUOTA_EXCEEDED) delete link._heldS
    else if (remoteHold()) return ''
  }
  // What went there at less than QoS 2 is done.
  if (type === PUBREL && link._unfit & 4) {
    answer(false, '\x70\x02' + packetIdentifier)
    return ''
  }
  return link._level === NEWEST ? packet : packet[0] + '\x02' + packetIdentifier
}

/** One of the other broker. */
function answerHere(type: number, packet: string, at: number): string {
  const code = packet.charCodeAt(at + 2)
  const isRefused = type <= PUBREC && code >= FAILURE
  // Here it is sent again with the next connection.
  if (isRefused && code === QUOTA_EXCEEDED) {
    leaveFull('no room there')
    return ''
  }
  if (isRefused) {
    link._refused = (link._refused || 0) + 1
    print(`bridge: a message is refused with 0x${code.toString(16)}`)
  } else delete link._fullS
  if (!isRefused && (type === PUBACK || type === PUBCOMP)) link._sent++
  // This broker waits for PUBREC where the other one had it at QoS 1.
  return type === PUBACK && loweredTake(packet.substr(at, 2)) ? '\x50' + packet.substr(1) : packet
}
