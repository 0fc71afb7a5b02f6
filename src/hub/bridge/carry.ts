// What comes from one of the two brokers goes on to the other one: PUBLISH under another topic, acknowledgements as
// they are. The rest is for the bridge itself.
//
// Packets come in any pieces. Nothing but the head of a packet is kept: what stands behind a topic is handed on as it
// comes, whatever its size, and with the head where it has come with that: the express lane here takes whole packets.
import { bodyAt, characters, remainingLength, remainingLengthAt } from '../packets'
import { onConnack } from './connected'
import type { Local, Remote } from './ends'
import { fitted, limitsOf, loweredTake, QOS_BITS } from './limits'
import { acknowledgement, answer, hand, leave, leaveFull, link, localEnd, QUOTA_EXCEEDED } from './link'
import { otherName } from './terms'

/** What an acknowledgement begins with. */
const PUBACK = 4
const PUBREC = 5
const PUBREL = 6
const PUBCOMP = 7
/** Reason Codes from here on are errors. */
const FAILURE = 0x80

/** What carryHead leaves for its caller: the head of a PUBLISH as it goes on, else ''. */
let head = ''

/**
 * Takes all that an end has to say, in whose name it is called: bytes, which go on to the other end; anything else
 * says that its connection has ended. One function for all of these takes one's memory.
 */
export function carry(this: Local | Remote, data?: unknown): boolean {
  const isOut = this === localEnd
  // What a connection that was left still says is nobody's.
  if (!isOut && this !== link._remote) return true
  if (typeof data !== 'string') {
    ended(isOut)
    return true
  }
  if (!isOut) link._silentS = 0
  let bytes = data
  if (this.part) {
    bytes = this.part + data
    delete this.part
  }
  while (bytes) {
    if (!this.left) {
      const rest = carryHead(this, bytes, isOut)
      if (rest < 0) {
        this.part = bytes
        return true
      }
      bytes = bytes.substr(rest)
    }
    const piece = bytes.substr(0, this.left)
    this.left! -= piece.length
    bytes = bytes.substr(piece.length)
    const going = head + piece
    // Who is handed something may answer at once, by this function.
    head = ''
    if (going && this.goes) hand(isOut, going)
  }
  return true
}

function ended(isOut: boolean): void {
  if (isOut) link._isHere = false
  leave(isOut ? 'let go of by this broker' : 'lost')
}

/** Answers where what follows the head of a PUBLISH begins, or behind another packet; -1: more must come. */
function carryHead(from: Local | Remote, data: string, isOut: boolean): number {
  const packetSize = remainingLengthAt(data, 0)
  const at = bodyAt
  if (packetSize < 0) return -1
  let first = data.charCodeAt(0)
  if (first >> 4 !== 3) {
    if (data.length < at + packetSize) return -1
    take(isOut, data.substr(0, at + packetSize), at)
    return at + packetSize
  }
  let rest = at + 2 + (data.charCodeAt(at) << 8 | data.charCodeAt(at + 1))
  if (data.length < rest + (first & QOS_BITS ? 2 : 0)) return -1
  const name = otherName(data.substring(at + 2, rest), isOut)
  from.goes = name !== ''
  if (isOut && name) {
    if (first & link._unfit) {
      const fit = fitted(first, data.substr(rest, 2))
      // At QoS 0 there is no Packet Identifier.
      if (first & QOS_BITS && !(fit & QOS_BITS)) rest += 2
      first = fit
    }
    if (!(first & QOS_BITS)) link._sent++
  }
  from.left = packetSize - rest + at
  if (name) {
    const nameSize = name.length
    const size = from.left + 2 + nameSize
    // Its parts stand here, as few packets are large: a call of what is seldom called takes a millisecond.
    head = (size < 128 ? characters(first, size) : characters(first) + remainingLength(size))
      + characters(nameSize >> 8, nameSize & 255) + name
  // Who sent it is not to wait for somebody's acknowledgement.
  } else if (first & QOS_BITS) {
    const taken = acknowledgement(first, data.substr(rest, 2))
    if (isOut) answer(taken)
    else hand(true, taken)
  }
  return rest
}

/** A packet that is no PUBLISH; what follows its fixed header is at `at`. */
function take(isOut: boolean, packet: string, at: number): void {
  const type = packet.charCodeAt(0) >> 4
  if (type >= PUBACK && type <= PUBCOMP) acknowledge(isOut, type, packet, at)
  else if (type === 2) {
    if (!isOut) onConnack(packet, at)
    else if (packet.charCodeAt(at + 1)) link._level = 0
    // In 5.0 its properties follow.
    else if (packet.length > at + 2) link._limits = limitsOf(packet, at + 1, false)
  } else if (isOut) return
  else if (type === 9 && packet.charCodeAt(packet.length - 1) >= FAILURE) {
    print('bridge: may not subscribe to all of its topics')
  } else if (type === 14) {
    const code = packet.charCodeAt(at) || 0
    if (code === QUOTA_EXCEEDED) leaveFull()
    else leave(`let go of with 0x${code.toString(16)}`)
  }
}

/** Both brokers have a message under one Packet Identifier. */
function acknowledge(isOut: boolean, type: number, packet: string, at: number): void {
  const packetIdentifier = packet.substr(at, 2)
  const code = packet.charCodeAt(at + 2)
  if (isOut) {
    // What went there at less than QoS 2 is done.
    if (type === PUBREL && link._unfit & 4) answer('\x70\x02' + packetIdentifier)
    else hand(true, packet)
    return
  }
  const isRefused = type <= PUBREC && code >= FAILURE
  // Here it is sent again with the next connection.
  if (isRefused && code === QUOTA_EXCEEDED) return leaveFull()
  if (isRefused) {
    link._refused++
    print(`bridge: a message is refused with 0x${code.toString(16)}`)
  } else link._fullS = 0
  if (!isRefused && (type === PUBACK || type === PUBCOMP)) link._sent++
  // This broker waits for PUBREC where the other one had it at QoS 1.
  hand(false, type === PUBACK && loweredTake(packetIdentifier) ? '\x50' + packet.substr(1) : packet)
}
