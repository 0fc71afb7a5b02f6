// MQTT 3.1.1 packets for the load generator, made before the clock runs.

const utf8 = text => Buffer.from(text)

function field (text) {
  const bytes = utf8(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function remainingLength (size) {
  const bytes = []
  do {
    bytes.push(size > 127 ? size & 127 | 128 : size)
    size >>>= 7
  } while (size)
  return Buffer.from(bytes)
}

function packet (first, ...parts) {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([first]), remainingLength(body.length), body])
}

/** With `isKept` the session outlives its connection. */
export function connectPacket (client, isKept = false) {
  return packet(0x10, field('MQTT'), Buffer.from([4, isKept ? 0 : 2, 0, 0]), field(client))
}

/** SUBSCRIBE to many filters at one QoS. */
export function subscribePacket (packetIdentifier, filters, qos) {
  const rows = filters.flatMap(filter => [field(filter), Buffer.from([qos])])
  return packet(0x82, Buffer.from([packetIdentifier >> 8, packetIdentifier & 0xff]), ...rows)
}

export function publishPacket (topic, payload, { qos = 0, retain = 0, packetIdentifier = 1 } = {}) {
  const identifier = qos ? Buffer.from([packetIdentifier >> 8, packetIdentifier & 0xff]) : Buffer.alloc(0)
  return packet(0x30 | qos << 1 | retain, field(topic), identifier, payload)
}

/** What every payload ends with, behind its three numbers: publisher, topic, sequence. */
export const NUMBERS_SIZE = 12

export function payloadPattern (size) {
  const payload = Buffer.alloc(size)
  for (let i = NUMBERS_SIZE; i < size; i++) payload[i] = 0x20 + i * 7 % 95
  return payload
}
