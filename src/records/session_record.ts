// The record of a session that survives its connection, and that of its Will while it waits.
import {
  portEqual, portRecordAdd, portRecordAge, portRecordRead, portRecordRoom, portRecordSequence, portRecordSize,
} from 'runtime'
import {
  messageEnd, messageExpiresAt, messageFlags, messagePayloadStart, messageRelease, messageReserve,
  messageStart, messageTailStart, messageTopicSize,
} from 'messages/message_table'
import { clockUpdate } from '../broker/clock'
import { readBegin, readByte, readFourByteInteger, readTwoByteInteger } from '../codec/reader'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import {
  FEATURE_ACCESS, FEATURE_WILL, NONE, PLACE_SIZE, RECORDS_HAVE_AGE, RECORDS_MAPPED, RECORD_BODY_AT, RECORD_HEAD_AT,
} from '../limits'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { NO_RECORD, recordForget, recordsAreKept } from '../store/record'
import {
  sessionAdd, sessionClientSize, sessionClientStart, sessionExpiresAt, sessionExpiry, sessionFind, sessionOwner,
  sessionRecord, sessionRemove, sessionUserSize, sessionWill, sessionWillAt, sessionWillDelay, sessionWillRecord,
} from '../store/session_table'
import { MESSAGE_HEAD_SIZE, NEVER } from './message_head'
import { OWNER_SIZE, ownedHeadRead } from './owned_head'
import { RECORD_SESSION, RECORD_WILL } from './record_kind'
import type { Message, RecordName, Session } from '../kinds'

const SESSION_HEAD_SIZE = 11
const WILL_HEAD_SIZE = 8
const WILL_MESSAGE_AT = WILL_HEAD_SIZE + MESSAGE_HEAD_SIZE

// Flags.
/** Its client is away: the interval counts from when the record was written. */
const IS_AWAY = 1
const HAS_USER = 2

/** The number that was given to a session last. */
let ownerLast = 0

/** No session gets a number up to this one: what ended ones have owned may still be there. */
export function ownersBegin(number: number): void {
  ownerLast = Math.max(ownerLast, number)
}

/** Whether a session of these sizes could be kept. */
export function sessionRecordHasRoom(clientSize: number, userSize: number): boolean {
  return !recordsAreKept || portRecordRoom(1, SESSION_HEAD_SIZE + clientSize + Math.max(userSize, 0))
}

/**
 * Keeps a session as it is now, in the place of what was kept of it; one that ends with its connection is kept no more.
 * False: there is no room, and what was kept of it stays.
 */
export function sessionRecordWrite(session: Session, isAway: boolean): boolean {
  if (!recordsAreKept) return true
  if (!sessionExpiry[session]) {
    recordForget(sessionRecord, session)
    return true
  }
  if (!sessionRecord[session]) sessionOwner[session] = ownerLast + 1
  const userSize = FEATURE_ACCESS ? sessionUserSize[session] : NONE
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(sessionOwner[session])
  writeFourByteInteger(sessionExpiry[session])
  writeByte((isAway ? IS_AWAY : 0) | (userSize < 0 ? 0 : HAS_USER))
  writeTwoByteInteger(sessionClientSize[session])
  const size = sessionClientSize[session] + Math.max(userSize, 0)
  if (RECORDS_MAPPED && isWritten(session, size)) return true
  const record = portRecordAdd(RECORD_SESSION, RECORD_HEAD_AT, SESSION_HEAD_SIZE, sessionClientStart[session], size)
  if (!record) return false
  // As many numbers as records at the most: restore.ts.
  if (!sessionRecord[session]) ownerLast++
  recordForget(sessionRecord, session)
  sessionRecord[session] = record
  return true
}

/** Whether the record of a session says already what was just packed: a client that comes again wears no flash. */
function isWritten(session: Session, size: number): boolean {
  const body = sessionRecord[session] * PLACE_SIZE + RECORD_BODY_AT
  return sessionRecord[session] > 0 && portEqual(body, RECORD_HEAD_AT, SESSION_HEAD_SIZE)
    && portRecordSize(sessionRecord[session]) === SESSION_HEAD_SIZE + size
    && portEqual(body + SESSION_HEAD_SIZE, sessionClientStart[session], size)
}

/** Its client is gone for now. Without a clock that goes on there is nothing to be noted. */
export function sessionRecordAway(session: Session): void {
  if (RECORDS_HAVE_AGE) sessionRecordWrite(session, true)
}

/** Makes the session of a record. False: there is no room for it, or it is nothing that a session was. */
export function sessionRestore(record: RecordName): boolean {
  portRecordRead(record, 0, RECORD_HEAD_AT, SESSION_HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + SESSION_HEAD_SIZE)
  const owner = readFourByteInteger()
  const expiry = readFourByteInteger()
  const flags = readByte()
  const clientSize = readTwoByteInteger()
  const size = portRecordSize(record) - SESSION_HEAD_SIZE
  const bytes = poolAllocate(size, 0)
  if (bytes < 0) return false
  portRecordRead(record, SESSION_HEAD_SIZE, bytes, size)
  const former = sessionFind(bytes, clientSize)
  const isNewest = former < 0 || portRecordSequence(sessionRecord[former]) < portRecordSequence(record)
  // The power went between the new record and the end of the old one.
  if (isNewest && former >= 0) formerForget(former)
  const userSize = flags & HAS_USER ? size - clientSize : NONE
  const session = isNewest ? sessionAdd(bytes, clientSize, bytes + clientSize, userSize) : NONE
  poolFree(bytes, size)
  if (session < 0) return false
  sessionRecord[session] = record
  sessionOwner[session] = owner
  ownerLast = Math.max(ownerLast, owner)
  sessionExpiry[session] = expiry
  sessionExpiresAt[session] = clockUpdate() + (expiry - (flags & IS_AWAY ? portRecordAge(record) : 0)) * 1_000
  return true
}

function formerForget(session: Session): void {
  recordForget(sessionRecord, session)
  sessionRemove(session)
}

/** Keeps the Will of a session whose client is away while its delay lasts; without room it is lost with the power. */
export function willRecordAdd(session: Session): void {
  if (!FEATURE_WILL || !recordsAreKept || !sessionRecord[session]) return
  const message = sessionWill[session]
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(sessionOwner[session])
  writeFourByteInteger(sessionWillDelay[session])
  willHeadWrite(message)
  const start = messageStart(message)
  sessionWillRecord[session] = portRecordAdd(
    RECORD_WILL, RECORD_HEAD_AT, WILL_MESSAGE_AT, start, messageEnd(message) - start,
  )
}

/** What a Will has for its expiry is an interval that has not begun, or NONE. */
export function willHeadWrite(message: Message): void {
  writeFourByteInteger(messagePayloadStart(message) - messageTailStart(message))
  writeTwoByteInteger(messageTopicSize(message))
  writeByte(messageFlags(message))
  writeByte(0)
  const interval = messageExpiresAt(message)
  writeFourByteInteger(interval < 0 ? NEVER : interval / 1_000)
  writeFourByteInteger(0)
}

/** Makes the Will of a record that is its session's. False: there is no room for it. */
export function sessionWillRestore(session: Session, record: RecordName): boolean {
  ownedHeadRead(record, OWNER_SIZE)
  const delay = readFourByteInteger()
  const message = willRestore(record)
  if (message < 0) return false
  if (sessionWillRecord[session] !== NO_RECORD) messageRelease(sessionWill[session])
  recordForget(sessionWillRecord, session)
  sessionWillRecord[session] = record
  sessionWill[session] = message
  sessionWillDelay[session] = delay
  sessionWillAt[session] = Math.max(1, clockUpdate() + (delay - portRecordAge(record)) * 1_000)
  return true
}

function willRestore(record: RecordName): Message {
  portRecordRead(record, WILL_HEAD_SIZE, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + MESSAGE_HEAD_SIZE)
  const propertiesSize = readFourByteInteger()
  const topicSize = readTwoByteInteger()
  const flags = readTwoByteInteger() >> 8
  const seconds = readFourByteInteger()
  const size = portRecordSize(record) - WILL_MESSAGE_AT
  const payloadSize = size - topicSize - propertiesSize
  const interval = seconds === NEVER ? NONE : seconds * 1_000
  const message = payloadSize < 0 ? NONE : messageReserve(topicSize, propertiesSize, payloadSize, flags, interval, 0)
  if (message < 0) return NONE
  portRecordRead(record, WILL_MESSAGE_AT, messageStart(message), size)
  return message
}
