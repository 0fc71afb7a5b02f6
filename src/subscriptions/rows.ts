// What a subscription is, however it is found: a row with its session, its options, and how far it has come in the
// retained messages. Which rows match a topic is told by `subscriptions/…`, the build's alias for indexed/ or walked/:
// see contract.ts.
//
// Memory of a row on a board: session 1, options 1, retained 1 (2 with FEATURE_SYS_RETAINED), identifier 4.
import {
  FEATURE_INDEX, FEATURE_RETAINED, FEATURE_SUBSCRIPTION_IDENTIFIER, FEATURE_SYS_RETAINED, POOL_BLOCKS_UNRECORDED,
  POOL_BLOCK_SIZE, RECORDS_MAPPED, SUBSCRIPTIONS_ROOM, rowsAtStart,
} from '../limits'
import { columnGrow, newLinks, newShortLinks } from '../store/columns'
import { newRecordNames, recordsAreKept } from '../store/record'
import { poolBlocksFree } from '../store/byte_pool'
import { sessionRecord } from '../store/session_table'
import type { Column, RecordName, Session, Subscription } from '../kinds'

// Of subscriptionOptions.
export const NO_LOCAL = 4
export const RETAIN_AS_PUBLISHED = 8

/** Rows at the start. */
export const SUBSCRIPTION_ROWS = rowsAtStart(SUBSCRIPTIONS_ROOM)

/** NONE: the row is free. */
export let subscriptionSession: Column<Subscription, Session> = newShortLinks(SUBSCRIPTION_ROWS)
/** As in SUBSCRIBE: QoS in bits 0 and 1, the two below, Retain Handling in bits 4 and 5. [MQTT 5.0 section 3.8.3.1] */
export let subscriptionOptions: Column<Subscription> = new Uint8Array(SUBSCRIPTION_ROWS)
/** Subscription Identifier, 0: none. */
export let subscriptionIdentifier: Column<Subscription> =
  new Uint32Array(FEATURE_SUBSCRIPTION_IDENTIFIER ? SUBSCRIPTION_ROWS : 0)
/**
 * Where sending of retained messages stands: the node or the row to look at next; NONE: nothing is to be sent.
 */
export let subscriptionRetainedAt: Column<Subscription> = FEATURE_SYS_RETAINED || FEATURE_INDEX
  ? newLinks(FEATURE_RETAINED ? SUBSCRIPTION_ROWS : 0)
  : newShortLinks(FEATURE_RETAINED ? SUBSCRIPTION_ROWS : 0)

/** Its record, where its session has one. */
export let subscriptionRecord: Column<Subscription, RecordName> = newRecordNames(SUBSCRIPTION_ROWS)

/** Bytes in front of a filter in the pool, where filters may lie in records too: its size. */
export const FILTER_SIZE_SIZE = RECORDS_MAPPED ? 2 : 0

/** Whether a filter will lie in a record that is to come: its session lasts, or the pool has no room. */
export function filterIsRecorded(session: Session, size: number): boolean {
  return RECORDS_MAPPED && (sessionRecord[session] > 0 || recordsAreKept
    && (poolBlocksFree - POOL_BLOCKS_UNRECORDED) * POOL_BLOCK_SIZE < size + FILTER_SIZE_SIZE)
}

export let subscriptionCount = 0
/** Of them, members of shared subscriptions; only with FEATURE_SYS_LOADS. */
export let sharedCount = 0
/** Filters that begin with $, that of a shared subscription not counted. */
export let filterHiddenCount = 0
/** Goes up whenever a route may have changed: routes and express lanes of another epoch are void. */
export let routeEpoch = 0

export function subscriptionCountAdd(change: number): void {
  subscriptionCount += change
}

export function sharedCountAdd(change: number): void {
  sharedCount += change
}

/** A filter that begins with $ more or less. */
export function filterHiddenAdd(change: number): void {
  filterHiddenCount += change
}

/** At a start whose tables were kept: so many subscriptions more, and hidden filters among them. */
export function subscriptionsCount(subscriptions: number, hidden: number): void {
  subscriptionCount += subscriptions
  filterHiddenCount += hidden
}

/** Makes every route void. */
export function routesChanged(): void {
  routeEpoch++
}

export function subscriptionRowsGrow(grown: number): void {
  subscriptionSession = columnGrow(subscriptionSession, grown)
  subscriptionOptions = columnGrow(subscriptionOptions, grown)
  subscriptionIdentifier = columnGrow(subscriptionIdentifier, grown)
  subscriptionRetainedAt = columnGrow(subscriptionRetainedAt, grown)
  subscriptionRecord = columnGrow(subscriptionRecord, grown)
}
