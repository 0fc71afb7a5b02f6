// A record has another place. Only a port that moves them, to clean its flash, calls this.
import { messageMoved } from 'messages/message_record'
import { queueRecord } from '../store/queue_table'
import { recordRename } from '../store/record'
import { sessionRecord, sessionWillRecord } from '../store/session_table'
import { subscriptionRecord } from '../subscriptions/rows'
import type { RecordName } from '../kinds'

/** Whoever names a record names it by its new name. Both are there until this returns. Not from within the core. */
export function recordMoved(from: RecordName, to: RecordName): void {
  recordRename([sessionRecord, sessionWillRecord, subscriptionRecord, queueRecord], from, to)
  messageMoved(from, to)
}

/** Whether there is a subscription to the filter at a place. */
export function filterIsNamed(place: RecordName): boolean {
  return subscriptionRecord.indexOf(place) >= 0
}
