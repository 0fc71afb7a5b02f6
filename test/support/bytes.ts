// Packets built byte by byte, for everything that a well-behaved encoder refuses to write. Every function answers a
// plain array of bytes, so a test can bend any of them before it is sent.

export type Bytes = number[]

/** Control packet types in the high half of the first byte (MQTT 5.0 section 2.1.2). */
export const TYPE = {
  connect: 1, connack: 2, publish: 3, puback: 4, pubrec: 5, pubrel: 6, pubcomp: 7, subscribe: 8, suback: 9,
  unsubscribe: 10, unsuback: 11, pingreq: 12, pingresp: 13, disconnect: 14, auth: 15,
} as const

export const uint16 = (value: number): Bytes => [(value >>> 8) & 255, value & 255]

export const uint32 = (value: number): Bytes => [...uint16(value >>> 16), ...uint16(value & 0xffff)]

/** A Variable Byte Integer in its shortest form. */
export function varint(value: number): Bytes {
  const bytes: Bytes = []
  do {
    const rest = Math.floor(value / 128)
    bytes.push((value % 128) | (rest > 0 ? 128 : 0))
    value = rest
  } while (value > 0)
  return bytes
}

/** A length and the bytes: Binary Data, or a UTF-8 Encoded String when given text. */
export function field(value: string | Bytes | Uint8Array): Bytes {
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : [...value]
  return [...uint16(bytes.length), ...bytes]
}

/** Properties and their Property Length. */
export function properties(...parts: Bytes[]): Bytes {
  const bytes = parts.flat()
  return [...varint(bytes.length), ...bytes]
}

/** A whole packet: type, flags, Remaining Length and the rest. */
export function packet(type: number, flags: number, ...parts: Bytes[]): Bytes {
  const body = parts.flat()
  return [(type << 4) | flags, ...varint(body.length), ...body]
}

/** Identifiers of properties (MQTT 5.0 table 2-4). */
export const PROPERTY = {
  payloadFormatIndicator: 0x01, messageExpiryInterval: 0x02, contentType: 0x03, responseTopic: 0x08,
  correlationData: 0x09, subscriptionIdentifier: 0x0b, sessionExpiryInterval: 0x11, assignedClientIdentifier: 0x12,
  serverKeepAlive: 0x13, authenticationMethod: 0x15, authenticationData: 0x16, requestProblemInformation: 0x17,
  willDelayInterval: 0x18, requestResponseInformation: 0x19, responseInformation: 0x1a, serverReference: 0x1c,
  reasonString: 0x1f, receiveMaximum: 0x21, topicAliasMaximum: 0x22, topicAlias: 0x23, maximumQos: 0x24,
  retainAvailable: 0x25, userProperty: 0x26, maximumPacketSize: 0x27, wildcardSubscriptionAvailable: 0x28,
  subscriptionIdentifierAvailable: 0x29, sharedSubscriptionAvailable: 0x2a,
} as const

export type PropertyName = keyof typeof PROPERTY

/** How each property's value is encoded. */
export const PROPERTY_FORM: Record<PropertyName, 'byte' | 'two' | 'four' | 'varint' | 'text' | 'binary' | 'pair'> = {
  payloadFormatIndicator: 'byte', messageExpiryInterval: 'four', contentType: 'text', responseTopic: 'text',
  correlationData: 'binary', subscriptionIdentifier: 'varint', sessionExpiryInterval: 'four',
  assignedClientIdentifier: 'text', serverKeepAlive: 'two', authenticationMethod: 'text', authenticationData: 'binary',
  requestProblemInformation: 'byte', willDelayInterval: 'four', requestResponseInformation: 'byte',
  responseInformation: 'text', serverReference: 'text', reasonString: 'text', receiveMaximum: 'two',
  topicAliasMaximum: 'two', topicAlias: 'two', maximumQos: 'byte', retainAvailable: 'byte', userProperty: 'pair',
  maximumPacketSize: 'four', wildcardSubscriptionAvailable: 'byte', subscriptionIdentifierAvailable: 'byte',
  sharedSubscriptionAvailable: 'byte',
}

/** One property with its identifier; `value` is a number, a text, bytes, or a pair of texts. */
export function property(name: PropertyName, value: number | string | Bytes | [string, string]): Bytes {
  const identifier = PROPERTY[name]
  const form = PROPERTY_FORM[name]
  if (form === 'byte') return [identifier, value as number]
  if (form === 'two') return [identifier, ...uint16(value as number)]
  if (form === 'four') return [identifier, ...uint32(value as number)]
  if (form === 'varint') return [identifier, ...varint(value as number)]
  if (form === 'pair') {
    const [key, text] = value as [string, string]
    return [identifier, ...field(key), ...field(text)]
  }
  return [identifier, ...field(value as string | Bytes)]
}

/** A value that is right for the property, for tests that only ask whether the property may stand there. */
export function propertySample(name: PropertyName): Bytes {
  const form = PROPERTY_FORM[name]
  if (form === 'pair') return property(name, ['a', 'b'])
  if (form === 'text') return property(name, 'a')
  if (form === 'binary') return property(name, [1])
  return property(name, 1)
}

export interface ConnectParts {
  protocolName?: string | Bytes
  level?: number
  flags?: number
  keepAlive?: number
  properties?: Bytes
  payload?: Bytes
}

/** A CONNECT whose every part can be replaced; by default a clean client named 'raw' of the given level. */
export function connectBytes({ level = 5, ...parts }: ConnectParts = {}): Bytes {
  return packet(TYPE.connect, 0,
    field(parts.protocolName ?? (level === 3 ? 'MQIsdp' : 'MQTT')), [level, parts.flags ?? 2],
    uint16(parts.keepAlive ?? 0), level === 5 ? parts.properties ?? [0] : [], parts.payload ?? field('raw'))
}

/** A PUBLISH in raw form; `identifier` is written when given, whatever the flags say. */
export function publishBytes(
  level: number, flags: number, topic: string | Bytes, identifier?: number, propertyBytes: Bytes = [0],
  payload: Bytes = [],
): Bytes {
  return packet(TYPE.publish, flags, field(topic), identifier === undefined ? [] : uint16(identifier),
    level === 5 ? propertyBytes : [], payload)
}
