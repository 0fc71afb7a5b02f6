// The one packet that a year has millions of, packed and read without a parser; all others go through mqtt-packet.
import { frameCut, frameDecode } from '../../support/frame'
import type { AnyPacket } from '../../support/peer'

export interface Message { topic: string, payload: string, qos: number, retain: boolean, dup: boolean, id: number }

const PUBLISH = 3

/** A PUBLISH at QoS 0. */
export function publishPack(topic: string, payload: string, retain: boolean, version: 4 | 5, properties = ''): Buffer {
  const body = `${String.fromCharCode(topic.length >> 8, topic.length & 255)}${topic}${
    version === 5 ? String.fromCharCode(properties.length) + properties : ''}${payload}`
  let head = String.fromCharCode(PUBLISH << 4 | (retain ? 1 : 0))
  let left = body.length
  do {
    head += String.fromCharCode(left % 128 | (left > 127 ? 128 : 0))
    left = left >> 7
  } while (left > 0)
  return Buffer.from(head + body, 'latin1')
}

function messageRead(packet: Buffer, version: number): Message {
  let at = 1
  while (packet[at++] > 127);
  const qos = packet[0] >> 1 & 3
  const topicEnd = at + 2 + packet.readUInt16BE(at)
  const topic = packet.toString('latin1', at + 2, topicEnd)
  at = topicEnd + (qos ? 2 : 0)
  // Nobody here has Properties of more than 127 bytes.
  if (version === 5) at += 1 + packet[at]
  const id = qos ? packet.readUInt16BE(topicEnd) : 0
  const payload = packet.toString('latin1', at)
  return { topic, payload, qos, retain: (packet[0] & 1) > 0, dup: (packet[0] & 8) > 0, id }
}

/** Cuts a stream into packets and hands on each; answers the rest. */
export function packetsRead(
  stream: Buffer, version: number, onMessage: (message: Message) => void, onOther: (packet: AnyPacket) => void,
): Buffer {
  const { packets, rest } = frameCut(stream)
  for (const packet of packets) {
    if (packet[0] >> 4 === PUBLISH) onMessage(messageRead(packet, version))
    else onOther(frameDecode(packet, version) as AnyPacket)
  }
  return rest
}
