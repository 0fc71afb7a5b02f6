// The tables that a start makes of its records, for boards whose records can be read (RECORDS_MAPPED): what the port
// keeps of them as they stand in memory, and what is left of that at a start.
//
// A row stays where what it names is where it was. Else it ends, and what is left of it is restored as if it were
// newer. What only lasts as long as the power, as sessions without a record, and what they have, ends.
import { portRecordStands } from 'runtime'
import { retainedKept, retainedTables } from 'messages/retained_table'
import { keptWithSubscriptions, subscriptionTables, subscriptionsKept, subscriptionsNew } from 'subscriptions/kept'
import { NONE, SESSIONS_MAX } from '../limits'
import { queueMessage } from '../store/queue_rows'
import {
  queueFlags, queueFree, queueFreeSet, queueNext, queuePacketIdentifier, queueRecord,
} from '../store/queue_table'
import {
  sessionInboundHead, sessionOwner, sessionQueueHead, sessionRecord, sessionWillRecord,
} from '../store/session_table'
import { chainKept, endedGive } from './queue_kept'
import { ownerFind } from './restore_index'
import { ownedAdd } from './restore_owned'
import { sessionRestore } from './session_record'
import type { Session, Table } from '../kinds'

/**
 * Of each session that was read its owner's number, SESSIONS_MAX further on its queue, and behind that its open
 * exchanges. Life: to tablesSettle.
 */
let kept: number[] | null = null

/** The tables as they are; the first is the port's. */
export function tablesOf(): Table[] {
  const tables: unknown[] = [
    sessionOwner, sessionOwner, sessionRecord, sessionWillRecord, sessionQueueHead, sessionInboundHead,
    queueMessage, queueRecord, queuePacketIdentifier, queueFlags, queueNext,
  ]
  return tables.concat(subscriptionTables(queueFree()), retainedTables()) as Table[]
}

/** They were read: makes the sessions, and the retained messages, of which there may be newer ones. */
export function tablesTake(): void {
  kept = []
  // A session takes the first row that is free, which has been read.
  for (let at = 0; at < SESSIONS_MAX; at++) {
    const record = sessionRecord[at]
    const will = sessionWillRecord[at]
    kept[at] = record && sessionOwner[at]
    kept[at + SESSIONS_MAX] = sessionQueueHead[at]
    kept[at + 2 * SESSIONS_MAX] = sessionInboundHead[at]
    sessionRecord[at] = sessionOwner[at] = sessionWillRecord[at] = 0
    sessionQueueHead[at] = sessionInboundHead[at] = NONE
    // One for which there is no room is nobody's, and ends with what is.
    if (portRecordStands(record) && !sessionRestore(record)) ownedAdd(record)
    if (portRecordStands(will)) ownedAdd(will)
  }
  retainedKept()
}

/** All sessions are there: what belongs to one that is not ends. */
export function tablesSettle(): void {
  if (!kept) return subscriptionsNew()
  const now: Session[] = []
  for (let at = 0; at < SESSIONS_MAX; at++) now[at] = kept[at] ? ownerFind(kept[at]) : NONE
  subscriptionsKept(now)
  queueFreeSet(keptWithSubscriptions())
  for (let at = 0; at < SESSIONS_MAX; at++) {
    chainKept(now[at], kept[at + SESSIONS_MAX])
    // Exchanges of QoS 2 that clients have begun end: what is left of them is restored.
    chainKept(NONE, kept[at + 2 * SESSIONS_MAX])
  }
  endedGive()
  kept = null
}
