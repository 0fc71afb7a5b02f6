// A session that goes to another broker of a cluster: its connection ends, its Will is looked at, and it is gone here
// without an end of its own.
import { subscriptionsEnd } from 'subscriptions/session_end'
import { messageEnd, messageStart } from 'messages/message_table'
import { USE_ANOTHER_SERVER } from '../../codec/reason_code'
import { NONE, RECORD_HEAD_AT } from '../../limits'
import { packFrom, writeFourByteInteger } from '../../codec/writer'
import { willHeadWrite } from '../../records/session_record'
import { connectionClose } from '../../store/connection_table'
import { recordForget } from '../../store/record'
import { queueClear } from '../../store/queue_table'
import {
  sessionJoinedAt, sessionRecord, sessionRemove, sessionRowsUsed, sessionSlot, sessionWill, sessionWillAt,
  sessionWillDelay,
} from '../../store/session_table'
import { clockUpdate } from '../clock'
import { connectionsSettle } from '../connection/connection'
import { serverReferenceSet } from '../connection/send'
import { sessionOf } from './session_look'
import { willDiscard } from './will'
import type { Offset, Slot } from '../../kinds'

// What sessionState answers.
export const SESSION_NONE = 0
export const SESSION_AWAY = 1
export const SESSION_CONNECTED = 2

/** Whether a client has a session, and is connected. */
export function sessionState(client: Uint8Array): number {
  const session = sessionOf(client)
  return session < 0 ? SESSION_NONE : sessionSlot[session] < 0 ? SESSION_AWAY : SESSION_CONNECTED
}

/** Ends the connection of a client, if it has one, with a Reason Code; its Will is due. */
export function sessionDisconnect(client: Uint8Array, reasonCode: number): void {
  const session = sessionOf(client)
  if (session < 0 || sessionSlot[session] < 0) return
  connectionClose(sessionSlot[session], reasonCode)
  connectionsSettle()
}

/** Where a Will's topic, properties and payload lie, as sessionWillLook has found them. */
export let willStart: Offset = 0

/**
 * Packs the head of the record of a client's Will from RECORD_HEAD_AT on, as it would be kept if its connection had
 * ended now. Answers the bytes behind the head; NONE: it has no Will.
 */
export function sessionWillLook(client: Uint8Array): number {
  const session = sessionOf(client)
  if (session < 0 || sessionWill[session] < 0) return NONE
  const message = sessionWill[session]
  const left = Math.ceil((sessionWillAt[session] - clockUpdate()) / 1_000)
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(0)
  writeFourByteInteger(sessionWillAt[session] ? Math.max(0, left) : sessionWillDelay[session])
  willHeadWrite(message)
  willStart = messageStart(message)
  return messageEnd(message) - willStart
}

/** Another broker has the session now: it is gone here, and nothing follows from that. Its client is not connected. */
export function sessionForget(client: Uint8Array): void {
  const session = sessionOf(client)
  if (session < 0) return
  recordForget(sessionRecord, session)
  willDiscard(session)
  subscriptionsEnd(session)
  queueClear(session)
  sessionRemove(session)
}

/** Sessions that came have had all of the brokers' messages by now. */
export function sessionsSettle(): void {
  sessionJoinedAt.fill(0, 0, sessionRowsUsed)
}

/** Sends a client elsewhere: to another server, which `reference` names in Latin-1 bytes of UTF-8, or to any, ''. */
export function brokerMove(slot: Slot, reference: string): void {
  serverReferenceSet(reference)
  connectionClose(slot, USE_ANOTHER_SERVER)
  connectionsSettle()
}
