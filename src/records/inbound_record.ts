// The record of a Packet Identifier of QoS 2 that a client has opened towards us. The store takes it together with the
// message that came with it, as both are added in one call into the core: else the sender would have its message
// delivered twice, or never. [MQTT-4.3.3-10]
import { portRecordAdd, portRecordRoom } from 'runtime'
import { packFrom, writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import { RECORD_HEAD_AT } from '../limits'
import { queuePacketIdentifier, queueRecord } from '../store/queue_table'
import { recordsAreKept } from '../store/record'
import { sessionInboundHead, sessionOwner, sessionRecord } from '../store/session_table'
import { RECORD_INBOUND } from './record_kind'
import type { Session } from '../kinds'

const INBOUND_SIZE = 6

/** Whether an identifier could be kept. */
export function inboundRecordHasRoom(): boolean {
  return !recordsAreKept || portRecordRoom(1, INBOUND_SIZE)
}

/** Keeps the identifier that a session's client has opened last, if the session is kept. */
export function inboundRecordAdd(session: Session): void {
  if (!recordsAreKept || !sessionRecord[session]) return
  const row = sessionInboundHead[session]
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(sessionOwner[session])
  writeTwoByteInteger(queuePacketIdentifier[row])
  queueRecord[row] = portRecordAdd(RECORD_INBOUND, RECORD_HEAD_AT, INBOUND_SIZE, 0, 0)
}
