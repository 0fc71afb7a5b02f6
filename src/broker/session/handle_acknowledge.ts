// PUBACK, PUBREC, PUBREL and PUBCOMP from a client. [MQTT 5.0 section 4.3]
import { acknowledgePacketIdentifier, acknowledgeReasonCode, decodeAcknowledge } from '../../codec/acknowledge'
import { frameBody, frameEnd } from '../../codec/frame'
import { PUBCOMP, PUBREL } from '../../codec/packet_type'
import { IN_ACKNOWLEDGE } from '../../codec/property'
import { PACKET_IDENTIFIER_NOT_FOUND, PROTOCOL_ERROR, SUCCESS } from '../../codec/reason_code'
import { FEATURE_QOS2, FEATURE_RECORDS, FEATURE_RETAINED } from '../../limits'
import { queueRecordReleased } from '../../records/queue_record'
import { connectionSession, connectionVersion } from '../../store/connection_table'
import { QUEUE_RELEASED } from '../../store/queue_flags'
import { inboundRemove, queueFind, queueFlags, queueMessageRelease, queueRemoveFound } from '../../store/queue_table'
import { sessionRetainedHead } from '../../store/session_table'
import { queuePump } from './queue'
import { retainedPump } from '../publish/retained'
import { sendAcknowledge } from '../connection/send'
import type { Slot } from '../../kinds'

const QOS_BITS = 6
const QOS_1 = 2
const QOS_2 = 4

/** The session's row in flight that the packet in hand acknowledges, or NONE; a decoding error is left in error. */
let row = 0
let error = 0

function findRow(slot: Slot, qosBits: number): boolean {
  error = decodeAcknowledge(connectionVersion[slot], IN_ACKNOWLEDGE, frameBody, frameEnd)
  if (error) return false
  row = queueFind(connectionSession[slot], acknowledgePacketIdentifier)
  if (FEATURE_QOS2 && row >= 0 && (queueFlags[row] & QOS_BITS) !== qosBits) error = PROTOCOL_ERROR
  return row >= 0 && !error
}

/** The message is done: there is room for the next. */
function complete(slot: Slot): void {
  const session = connectionSession[slot]
  queueRemoveFound(session, row)
  queuePump(session)
  if (FEATURE_RETAINED && sessionRetainedHead[session] >= 0) retainedPump(session)
}

/** [MQTT-4.3.2-5]; whatever the Reason Code says, it is not sent again. [MQTT-4.4.0-2] */
export function handlePuback(slot: Slot): number {
  if (findRow(slot, QOS_1)) complete(slot)
  return error
}

/** [MQTT-4.3.3-4] [MQTT-4.3.3-5] */
export function handlePubrec(slot: Slot): number {
  const isFound = findRow(slot, QOS_2)
  if (error) return error
  if (isFound && acknowledgeReasonCode >= 0x80) {
    complete(slot)
    return SUCCESS
  }
  if (isFound) {
    queueFlags[row] |= QUEUE_RELEASED
    if (FEATURE_RECORDS) queueRecordReleased(row)
    queueMessageRelease(row)
  }
  sendAcknowledge(slot, PUBREL, acknowledgePacketIdentifier, isFound ? SUCCESS : PACKET_IDENTIFIER_NOT_FOUND)
  return SUCCESS
}

/** [MQTT-4.3.3-7] */
export function handlePubcomp(slot: Slot): number {
  if (findRow(slot, QOS_2) && queueFlags[row] & QUEUE_RELEASED) complete(slot)
  return error
}

/** The client releases a message of its own. [MQTT-4.3.3-11] */
export function handlePubrel(slot: Slot): number {
  error = decodeAcknowledge(connectionVersion[slot], IN_ACKNOWLEDGE, frameBody, frameEnd)
  if (error) return error
  const isKnown = inboundRemove(connectionSession[slot], acknowledgePacketIdentifier)
  sendAcknowledge(slot, PUBCOMP, acknowledgePacketIdentifier, isKnown ? SUCCESS : PACKET_IDENTIFIER_NOT_FOUND)
  return SUCCESS
}
