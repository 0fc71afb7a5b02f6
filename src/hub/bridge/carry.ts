// What comes from one of the two brokers goes on to the other one: PUBLISH under another topic, acknowledgements as
// they are. The rest is for the bridge itself.
//
// Packets come in any pieces. Nothing but the head of a packet is kept: what stands behind a topic is handed on as it
// comes, whatever its size.
import { onConnack } from './connected'
import type { Local, Remote } from './ends'
import { fitted, limitsOf, loweredTake, QOS_BITS } from './limits'
import { answer, hand, leave, leaveFull, link, QUOTA_EXCEEDED } from './link'
import { acknowledgement, characters, fixedHeader } from './packets'
import { otherName } from './terms'

/** What an acknowledgement begins with. */
const PUBACK = 4
const PUBREC = 5
const PUBREL = 6
const PUBCOMP = 7
/** Reason Codes from here on are errors. */
const FAILURE = 0x80

/** Hands on what has come from an end. */
export function carry(from: Local | Remote, data: string): void {
  if (from.part) data = from.part + data
  from.part = ''
  while (data) {
    if (!from.left) {
      const rest = carryHead(from, data)
      if (rest < 0) {
        from.part = data
        return
      }
      data = data.substr(rest)
    }
    const piece = data.substr(0, from.left)
    from.left! -= piece.length
    if (piece && from.goes) hand(from === link._local, piece)
    data = data.substr(piece.length)
  }
}

/** Answers where what follows the head of a PUBLISH begins, or behind another packet; -1: more must come. */
function carryHead(from: Local | Remote, data: string): number {
  const isOut = from === link._local
  let first = data.charCodeAt(0)
  let at = 0
  let packetSize = 0
  // A Remaining Length; NaN, which ends it, where there is no more of it yet.
  do packetSize |= (data.charCodeAt(++at) & 127) << (at - 1) * 7
  while (data.charCodeAt(at) > 127)
  if (!(data.length > at++)) return -1
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
    const size = name.length
    hand(isOut, fixedHeader(first, from.left + 2 + size) + characters(size >> 8, size & 255) + name)
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
    else if (packet.charCodeAt(at + 1)) link._isRefused = true
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
