// The other broker has answered the CONNECT.
import {
  comeHere, leave, leaveFull, link, localEnd, NEWEST, ONE_MESSAGE, PLAIN, PRIVATE, QUOTA_EXCEEDED, send,
} from './link'
import { limitsOf, QOS_BITS, RETAIN_BIT } from './limits'
import { lengthAndText, packetOf, subscribePacket } from '../packets'
import { stateTopic } from './state'
import { bridgeTopics, filterOf, QOS, term } from './terms'

/** Our SUBSCRIBE packets. */
const SUBSCRIBE_IDENTIFIER = '\xff\xff'
/** Options of a SUBSCRIBE of 5.0, as the bit of a bridge means in 3.1.1: No Local, Retain As Published. */
const AS_BRIDGE = 0x0c
/** Reason Codes, and 3.1.1's word for a level that it does not know. */
const UNACCEPTABLE_LEVEL = 1
const UNSUPPORTED_PROTOCOL_VERSION = 0x84
const RETAIN_NOT_SUPPORTED = 0x9a
const QOS_NOT_SUPPORTED = 0x9b

/** `properties` and `options` are those of 5.0. */
export function subscribeAll(isOut: boolean, properties: string, options: number): void {
  for (const line of bridgeTopics) {
    const filter = filterOf(line, isOut)
    if (!filter) continue
    const packet = subscribePacket(SUBSCRIBE_IDENTIFIER, properties, filter, parseInt(line, 10) & QOS | options)
    // What goes out is subscribed to here.
    if (isOut) localEnd.hear(packet)
    else send(packet)
  }
}

/** Whether the next CONNECT asks for less than the one that was refused: of our Will, or of the protocol. */
function lessAsked(code: number): boolean {
  const unfit = code === RETAIN_NOT_SUPPORTED ? RETAIN_BIT : code === QOS_NOT_SUPPORTED ? QOS_BITS : 0
  if (unfit) {
    const isNews = (link._unfit & unfit) !== unfit
    link._unfit |= unfit
    return isNews
  }
  // As one of 3.1.1, and then as one that is no bridge.
  const isPuzzled = (code === UNACCEPTABLE_LEVEL || code === UNSUPPORTED_PROTOCOL_VERSION)
    && (link._level === NEWEST ? !term('bridge_protocol_version') : link._level === PRIVATE)
  if (isPuzzled) link._level = link._level === NEWEST ? PRIVATE : PLAIN
  return isPuzzled
}

export function onConnack(packet: string, at: number): void {
  const code = packet.charCodeAt(at + 1)
  if (code === QUOTA_EXCEEDED) return leaveFull('no room there')
  if (code) return leave(lessAsked(code) ? 'asked for less' : `refused with 0x${code.toString(16)}`)
  print(`bridge: connected to ${term('address')}`)
  delete link._retryS
  const isNewest = link._level === NEWEST
  const limits = isNewest ? limitsOf(packet, at + 1, true) : ''
  // In front of what has waited here: of that the first piece of a large message may go at once.
  // Not where that sends again what it could not: with each subscription it would keep all that is retained once more.
  const isKnown = link._heldS && packet.charCodeAt(at) & 1
  if (!isKnown) subscribeAll(false, isNewest ? '\0' : '', isNewest ? AS_BRIDGE : 0)
  const topic = stateTopic('state')
  if (topic) send(packetOf(0x31 & ~link._unfit, lengthAndText(topic) + (isNewest ? '\0' : '') + '1'))
  if (comeHere(limits + (link._fullS ? ONE_MESSAGE : ''))) subscribeAll(true, '\0', AS_BRIDGE)
}
