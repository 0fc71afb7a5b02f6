// The record of an Application Message: bytes of the properties 4, of the topic 2, flags 1 (QoS and RETAIN as in the
// fixed header), 1 where an exchange of QoS 2 brought it (exchange.ts), else 0: 1, seconds until it expires 4
// (0xFFFFFFFF: never); topic, properties, payload. The seconds are those that were left when it was written.
import { portRecordAdd, portRecordAge, portRecordRead, portRecordSize } from 'runtime'
import { clockUpdate } from '../broker/clock'
import { readBegin, readFourByteInteger, readTwoByteInteger } from '../codec/reader'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import { FEATURE_MQTT5, NONE, RECORD_HEAD_AT } from '../limits'
import {
  messageEnd, messageExpiresAt, messageFlags, messagePropertiesSize, messageRecord, messageReserve, messageStart,
  messageTopicSize,
} from 'messages/message_table'
import { exchangeMessage, isExchanged } from './exchange'
import type { Message, RecordName } from '../kinds'

/** Bytes in front of the topic. */
export const MESSAGE_HEAD_SIZE = 12
/** Seconds that are never over. */
const NEVER = 0xffff_ffff

/** Writes the head of a message's record at packAt. */
export function messageHeadWrite(message: Message, isWill: boolean): void {
  writeFourByteInteger(messagePropertiesSize(message))
  writeTwoByteInteger(messageTopicSize(message))
  writeByte(messageFlags(message))
  writeByte(isExchanged && !isWill ? 1 : 0)
  writeFourByteInteger(FEATURE_MQTT5 ? secondsLeft(messageExpiresAt(message), isWill) : NEVER)
}

/** What message_table.ts has of a Will is an interval that has not begun, or NONE. */
function secondsLeft(expiresAt: number, isWill: boolean): number {
  if (isWill) return expiresAt < 0 ? NEVER : expiresAt / 1_000
  return expiresAt ? Math.max(0, Math.ceil((expiresAt - clockUpdate()) / 1_000)) : NEVER
}

/** Bytes of a message's record. */
export function messageRecordSize(message: Message): number {
  return MESSAGE_HEAD_SIZE + messageEnd(message) - messageStart(message)
}

/** Keeps a message, if it is not kept yet. False: there is no room. */
export function messageRecordAdd(message: Message, kind: number): boolean {
  if (messageRecord[message]) return true
  packFrom(RECORD_HEAD_AT)
  messageHeadWrite(message, false)
  const start = messageStart(message)
  messageRecord[message] = portRecordAdd(kind, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE, start, messageEnd(message) - start)
  if (isExchanged) exchangeMessage(messageRecord[message])
  return messageRecord[message] > 0
}

/**
 * The message whose head stands in a record behind `at` bytes, with one reference, which is the caller's; NONE: there
 * is no room for it.
 */
export function messageRestore(record: RecordName, at: number, isWill: boolean): Message {
  portRecordRead(record, at, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + MESSAGE_HEAD_SIZE)
  const propertiesSize = readFourByteInteger()
  const topicSize = readTwoByteInteger()
  const flags = readTwoByteInteger()
  const seconds = readFourByteInteger()
  const bodyAt = at + MESSAGE_HEAD_SIZE
  const size = portRecordSize(record) - bodyAt
  if (size < topicSize + propertiesSize) return NONE
  const expiresAt = isWill ? willInterval(seconds) : expiryOf(seconds, record)
  const payloadSize = size - topicSize - propertiesSize
  const message = messageReserve(topicSize, propertiesSize, payloadSize, flags >> 8, expiresAt, 0)
  if (message >= 0) portRecordRead(record, bodyAt, messageStart(message), size)
  return message
}

function willInterval(seconds: number): number {
  return seconds === NEVER ? NONE : seconds * 1_000
}

/** It expires at once where its time is over: 0 would be never. */
function expiryOf(seconds: number, record: RecordName): number {
  return seconds === NEVER ? 0 : Math.max(1, clockUpdate() + (seconds - portRecordAge(record)) * 1_000)
}
