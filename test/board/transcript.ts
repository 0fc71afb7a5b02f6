// What a client was sent, as text that can be compared. The Packet Identifiers of messages are the broker's to choose
// and stand here as the number of the message, so that a message that is sent again and its PUBREL must have the
// identifier that it had. All other bytes are as they came. Of a client that did not read for a while, messages at
// QoS 0 can be left out: which of them find room in its credit depends on when the board looks.

import { frameCut } from '../support/frame'
import type { Peer } from '../support/peer'

const PUBLISH = 3
const PUBREL = 6
const DUP = 8
const QOS = 6

/** Where the Packet Identifier stands in a whole packet; 0: it has none that the broker chose. */
function identifierAt(packet: Buffer): number {
  const type = packet[0] >> 4
  let body = 1
  while (packet[body] > 127) body++
  body++
  if (type === PUBREL) return body
  return type === PUBLISH && packet[0] & QOS ? body + 2 + packet.readUInt16BE(body) : 0
}

export function transcriptOf(peer: Peer, hasPaused = false): string {
  // A copy: identifiers are replaced in it.
  const stream = Buffer.from(peer.raw)
  const packets: Buffer[] = []
  const numbers = new Map<number, number>()
  let count = 0
  for (const packet of frameCut(stream).packets) {
    if (!hasPaused || packet[0] >> 4 !== PUBLISH || packet[0] & QOS) packets.push(packet)
    const place = identifierAt(packet)
    if (place === 0) continue
    const identifier = packet.readUInt16BE(place)
    const isNew = packet[0] >> 4 === PUBLISH && !(packet[0] & DUP)
    if (isNew) numbers.set(identifier, ++count)
    packet.writeUInt16BE(numbers.get(identifier) ?? 0, place)
  }
  return `${peer.isClosed ? 'closed' : 'open'} ${Buffer.concat(packets).toString('latin1')}`
}
