// Parts of the packets that a bridge writes itself, as strings.

/** Of bytes. */
export const characters = String.fromCharCode

/** A text with its length in front. [MQTT-1.5.4] */
export function lengthAndText(text: string): string {
  return characters(text.length >> 8, text.length & 0xff) + text
}

/** A fixed header. [MQTT-2.1.4] */
export function fixedHeader(first: number, size: number): string {
  let header = characters(first)
  for (; size > 127; size = size >> 7) header += characters(size & 127 | 128)
  return header + characters(size)
}

/** CONNECT of a session that lasts; a clean one has 2 in its flags. `fields` of 5.0 begin with its properties. */
export function connectPacket(level: number, flags: number, keepAlive: number, fields: string): string {
  const body = '\0\x04MQTT' + characters(level, flags, keepAlive >> 8, keepAlive & 0xff) + fields
  return fixedHeader(0x10, body.length) + body
}

/** Fields of a CONNECT in front of its payload: properties, where it is one of 5.0. */
export function connectFields(isNewest: boolean, properties: string): string {
  return isNewest ? characters(properties.length) + properties : ''
}

/** What takes a PUBLISH of that first byte: PUBACK, or PUBREC at QoS 2. */
export function acknowledgement(first: number, packetIdentifier: string): string {
  return characters(first & 4 ? 0x50 : 0x40, 2) + packetIdentifier
}
