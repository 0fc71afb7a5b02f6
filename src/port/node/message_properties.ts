// The properties of a message in MQTT 5.0, as a program has them and as a packet does. [MQTT 5.0 section 3.3.2.3]
import type { FieldReader } from '../../client/field_reader'
import { field, fourBytes } from '../../client/packet_bytes'
import {
  CONTENT_TYPE, CORRELATION_DATA, MESSAGE_EXPIRY_INTERVAL, PAYLOAD_FORMAT_INDICATOR, RESPONSE_TOPIC,
  SUBSCRIPTION_IDENTIFIER, TOPIC_ALIAS, USER_PROPERTY,
} from '../../codec/property_identifier'
import type { MessageProperties } from './library/api'

/** What a PUBLISH, or a Will, has of properties. */
export interface PropertiesRead {
  /** undefined: the message has none. */
  message: MessageProperties | undefined
  /** The connection's own; 0: none. */
  topicAlias: number
  subscriptions: number[]
}

const takers: Record<number, (properties: MessageProperties, reader: FieldReader) => void> = {
  [PAYLOAD_FORMAT_INDICATOR]: (properties, reader) => { properties.payloadFormatIndicator = reader.byte() ? 1 : 0 },
  [MESSAGE_EXPIRY_INTERVAL]: (properties, reader) => { properties.messageExpiryInterval = reader.number(4) },
  [CONTENT_TYPE]: (properties, reader) => { properties.contentType = reader.text() },
  [RESPONSE_TOPIC]: (properties, reader) => { properties.responseTopic = reader.text() },
  [CORRELATION_DATA]: (properties, reader) => { properties.correlationData = reader.binary() },
  [USER_PROPERTY]: (properties, reader) => {
    (properties.userProperties ??= []).push([reader.text(), reader.text()])
  },
}

/** Reads the block of properties that the reader is at. One that is not well formed is the core's to refuse. */
export function propertiesRead(reader: FieldReader): PropertiesRead {
  const read: PropertiesRead = { message: undefined, topicAlias: 0, subscriptions: [] }
  const end = reader.blockEnd()
  while (reader.at < end) {
    const identifier = reader.byte()
    const take = takers[identifier]
    if (take) take(read.message ??= {}, reader)
    else if (identifier === TOPIC_ALIAS) read.topicAlias = reader.number(2)
    else if (identifier === SUBSCRIPTION_IDENTIFIER) read.subscriptions.push(reader.variable())
    else {
      reader.at--
      reader.skipProperty()
    }
  }
  reader.at = end
  return read
}

const property = (identifier: number, value: Uint8Array): Buffer => Buffer.concat([Buffer.from([identifier]), value])

/** The bytes of a message's properties, without their length. */
export function propertiesWrite(properties: MessageProperties): Buffer {
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic, correlationData } = properties
  const parts: Buffer[] = []
  if (payloadFormatIndicator) parts.push(property(PAYLOAD_FORMAT_INDICATOR, Buffer.from([1])))
  if (messageExpiryInterval !== undefined) {
    parts.push(property(MESSAGE_EXPIRY_INTERVAL, fourBytes(messageExpiryInterval)))
  }
  if (contentType !== undefined) parts.push(property(CONTENT_TYPE, field(contentType)))
  if (responseTopic !== undefined) parts.push(property(RESPONSE_TOPIC, field(responseTopic)))
  if (correlationData) parts.push(property(CORRELATION_DATA, field(correlationData)))
  for (const [name, value] of properties.userProperties ?? []) {
    parts.push(property(USER_PROPERTY, Buffer.concat([field(name), field(value)])))
  }
  return Buffer.concat(parts)
}
