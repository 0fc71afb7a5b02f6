// Sends what waits in a session's queue, as far as the client's window and credit allow.
import { PUBREL } from '../../codec/packet_type'
import { SUCCESS } from '../../codec/reason_code'
import { identifiersAdd } from '../../feature/subscription_identifier'
import {
  FEATURE_ACCESS, FEATURE_MORE_SETTINGS, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_RECORDS,
  FEATURE_SUBSCRIPTION_IDENTIFIER, NONE, RECORDS_MAPPED, TABLES_GROW,
} from '../../limits'
import { queueRecordSent } from '../../records/queue_record'
import { CONNECTED, connectionReceiveMax, connectionState } from '../../store/connection_table'
import { messageExpiresAt, messageStart, messageTopicSize } from 'messages/message_table'
import { queuePacketIdentifierNext } from '../../store/queue_identifiers'
import { queueMessage } from '../../store/queue_rows'
import { QUEUE_RELEASED, QUEUE_RESUMED, QUEUE_RETAIN, QUEUE_SENT } from '../../store/queue_flags'
import { queueBytes, queueFlags, queueNext, queuePacketIdentifier, queueRemoveNext } from '../../store/queue_table'
import {
  sessionInflightBytes, sessionInflightCount, sessionPacketIdentifier, sessionQueueHead, sessionQueueNext, sessionSlot,
} from '../../store/session_table'
import { accessAllows } from '../access/access'
import { ACCESS_READ } from '../access/access_kind'
import { clockUpdate } from '../clock'
import { FULL_PACKET, PUBLISH_DROPPED, count, countDropped } from '../counters'
import { messageLoad, publicationExpiresAt } from '../publish/in_hand'
import { NO_ROOM, SENT, TOO_LARGE, outgoingBegin, outgoingSend } from '../publish/outgoing'
import { sendAcknowledge } from '../connection/send'
import { SETTING_INFLIGHT_BYTES, inflightMax, settings } from '../settings'
import type { Message, QueueRow, Session, Slot } from '../../kinds'

const QOS_BITS = 6
const DUPLICATE = 8

/**
 * The row whose reader's rights were looked at as it was added, and, with RECORDS_MAPPED, whose message is in hand;
 * NONE: there is none.
 */
let freshRow: QueueRow = NONE

/**
 * Sends from sessionQueueNext on, after a row was added for whoever may read it. Answers whether its message is known
 * to be in hand, as it was.
 */
export function queueDeliver(session: Session, row: number): boolean {
  if (TABLES_GROW || RECORDS_MAPPED) freshRow = row
  queuePump(session)
  const isInHand = RECORDS_MAPPED && freshRow === row
  if (TABLES_GROW || RECORDS_MAPPED) freshRow = NONE
  return isInHand
}

/**
 * Sends from sessionQueueNext on: what is new, and after a reconnect what was in flight. [MQTT-4.4.0-1]
 * [MQTT-4.6.0-1]
 */
export function queuePump(session: Session): void {
  const slot = sessionSlot[session]
  if (slot < 0) return
  // [MQTT-3.3.4-9]
  const window = FEATURE_MQTT5 ? Math.min(connectionReceiveMax[slot], inflightMax()) : inflightMax()
  let row
  while ((row = sessionQueueNext[session]) >= 0 && connectionState[slot] === CONNECTED) {
    if (FEATURE_QOS2 && queueFlags[row] & QUEUE_RESUMED) sessionQueueNext[session] = queueNext[row]
    else if (sessionInflightCount[session] >= window || !bytesAreFree(session) || !sendNext(session, slot, row)) return
  }
}

/** Whether bytes of payload in flight leave room for one more message. */
function bytesAreFree(session: Session): boolean {
  return !FEATURE_MORE_SETTINGS || !settings[SETTING_INFLIGHT_BYTES]
    || sessionInflightBytes[session] < settings[SETTING_INFLIGHT_BYTES]
}

/**
 * Sends PUBREL again for every message that waits for PUBCOMP: it takes no part in the Receive Maximum.
 * [MQTT-4.9.0-3]
 */
export function queueResume(session: Session, slot: Slot): void {
  for (let row = sessionQueueHead[session]; row >= 0; row = queueNext[row]) {
    if (!(queueFlags[row] & QUEUE_RELEASED)) continue
    queueFlags[row] |= QUEUE_RESUMED
    sendAcknowledge(slot, PUBREL, queuePacketIdentifier[row], SUCCESS)
  }
}

/** Sends one row or drops it. False: it has to wait. */
function sendNext(session: Session, slot: Slot, row: number): boolean {
  const isRepeated = (queueFlags[row] & QUEUE_SENT) > 0
  const message = queueMessage[row]
  if (RECORDS_MAPPED && row !== freshRow) {
    messageLoad(message)
    freshRow = NONE
  }
  const hasExpired = RECORDS_MAPPED ? publicationExpiresAt > 0 && clockUpdate() >= publicationExpiresAt
    : messageHasExpired(message)
  // A message that was sent once is completed, expired or not. [MQTT-3.3.2-5]
  if (!isRepeated && hasExpired) return drop(session, PUBLISH_DROPPED)
  // Whoever is here now may read it: the session may have been another user's when it was queued, or in flight, and the
  // rules others.
  if (FEATURE_ACCESS && row !== freshRow
    && !accessAllows(session, ACCESS_READ, messageStart(message), messageTopicSize(message))) {
    return drop(session, PUBLISH_DROPPED)
  }
  const answer = sendMessage(session, slot, row, isRepeated)
  if (answer === NO_ROOM) return false
  if (FEATURE_MQTT5 && answer === TOO_LARGE) return drop(session, FULL_PACKET)
  // One at QoS 0 was queued while its client was away, and nobody acknowledges it.
  if (FEATURE_MORE_SETTINGS && !(queueFlags[row] & QOS_BITS)) {
    queueRemoveNext(session)
    return true
  }
  sessionInflightCount[session]++
  if (FEATURE_MORE_SETTINGS) sessionInflightBytes[session] += queueBytes[row]
  sessionQueueNext[session] = queueNext[row]
  return true
}

/** Whether a message's time is over. [MQTT-3.3.2-5] */
export function messageHasExpired(message: Message): boolean {
  return FEATURE_MQTT5 && messageExpiresAt(message) > 0 && clockUpdate() >= messageExpiresAt(message)
}

function drop(session: Session, counter: number): boolean {
  if (counter === FULL_PACKET) countDropped(FULL_PACKET)
  else count(counter)
  queueRemoveNext(session)
  return true
}

function sendMessage(session: Session, slot: Slot, row: number, isRepeated: boolean): number {
  const isAcknowledged = !FEATURE_MORE_SETTINGS || (queueFlags[row] & QOS_BITS) > 0
  const identifier = isAcknowledged ? identifierOf(session, row, isRepeated) : 0
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) identifiersAdd(session, row)
  if (!RECORDS_MAPPED) messageLoad(queueMessage[row])
  // Only such a copy is shared between clients: what is packed is another message's.
  if (!isAcknowledged) outgoingBegin()
  const flags = queueFlags[row] & (QOS_BITS | QUEUE_RETAIN) | (isRepeated ? DUPLICATE : 0) // [MQTT-3.3.1-1]
  const answer = outgoingSend(slot, flags, identifier)
  if (answer === SENT && !isRepeated && isAcknowledged) {
    queueFlags[row] |= QUEUE_SENT
    if (!FEATURE_RECORDS || !queuePacketIdentifier[row]) {
      queuePacketIdentifier[row] = sessionPacketIdentifier[session] = identifier
    } else queueRecordSent(row, publicationExpiresAt)
  }
  return answer
}

/** One that is kept has its identifier from when it was queued. */
function identifierOf(session: Session, row: QueueRow, isRepeated: boolean): number {
  const isGiven = FEATURE_RECORDS ? queuePacketIdentifier[row] > 0 : isRepeated
  return isGiven ? queuePacketIdentifier[row] : queuePacketIdentifierNext(session)
}
