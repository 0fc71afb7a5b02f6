// The state of a board, from a copy of its flash, as a gateway keeps it.
import { keptRecords } from '../../../flash/kept_records'
import { MESSAGE_HEAD_SIZE } from '../../../records/message_head'
import {
  FILTER_AT, MARK_SERVED, MARK_WAITING, RECORD_FILTERS, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from '../../../records/record_kind'
import type { StateRecord } from '../records/state_file'

/** Where a message begins in the records that have one. */
const MESSAGES_AT = new Map([[RECORD_MESSAGE, 0], [RECORD_RETAINED, 0], [RECORD_WILL, 8]])
/** Within the head of a message, bytes that mean something to one kind of port alone: records/message_head.ts. */
const OWN_BYTES = [7, 12, 13, 14, 15]
/** Of a queued message, where a board says when it was queued: boards have no Subscription Identifiers. */
const QUEUED_BYTES = [10, 11, 12, 13]

/**
 * The records of a board, as of now: how long its power has been off is not known. Undefined: the bytes are no copy of
 * a board's flash, or its broker keeps nothing there.
 */
export function boardState(flash: Uint8Array, now: number): StateRecord[] | undefined {
  return keptRecords(flash)?.map(({ sequence, kind, marks, body }) => {
    const messageAt = MESSAGES_AT.get(kind)
    if (messageAt !== undefined && body.length >= messageAt + MESSAGE_HEAD_SIZE) {
      for (const at of OWN_BYTES) body[messageAt + at] = 0
    }
    if (kind === RECORD_FILTERS) return subscriptionOf(sequence, marks, body, now)
    if (kind === RECORD_QUEUED) for (const at of QUEUED_BYTES) body[at] = 0
    return { sequence, kind, marks, seconds: now, bytes: body }
  })
}

/** What a gateway has for a filter: the owner, highest byte first, no Subscription Identifier, options, the filter. */
function subscriptionOf(sequence: number, marks: number, body: Uint8Array, now: number): StateRecord {
  const owner = [...body.slice(4, 8)].reverse()
  const bytes = Uint8Array.of(...owner, 0, 0, 0, 0, body.at(-1)!, ...body.slice(FILTER_AT, -1))
  return { sequence, kind: RECORD_SUBSCRIPTION, marks: marks & (MARK_WAITING | MARK_SERVED), seconds: now, bytes }
}
