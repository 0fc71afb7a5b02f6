// The contract of the alias `subscriptions`, which the build binds to one folder: indexed/ finds the subscriptions of a
// topic by hashes of its levels and remembers routes, for thousands of filters and where memory may grow; walked/ has
// one small table and compares the topic with every filter that has a wildcard. A board says which by FEATURE_INDEX.
// Both folders have a module of each name below, with what its interface says and more that is their own.
import type { Offset, RecordName, Session, Slot, Subscription, Table } from '../kinds'

/** `subscriptions/table`: subscriptions, and what waits for retained messages among them. */
export interface SubscriptionTable {
  /** The session's subscription to the filter parsed last (codec/topic.ts), or NONE. */
  subscriptionFind(session: Session, filterStart: Offset, filterSize: number): Subscription
  /** A new one to a filter that subscriptionFind has just not found, or NONE: there is no room. */
  subscriptionAdd(session: Session, filterStart: Offset, filterSize: number): Subscription
  /**
   * With FILTERS_LOOKED_AT: subscribes to a plain filter with this hash (portFilterHash), which lies in a packet with
   * its size in front of it, and gathers its record. Answers that; 0: the two above have to be asked.
   */
  subscriptionAddPlain(session: Session, hash: number, at: Offset, size: number, options: number): RecordName
  subscriptionRemove(row: Subscription): void
  /** The session's subscription behind another, or behind NONE, in any order; NONE: there are no more. */
  subscriptionOf(session: Session, row: Subscription): Subscription
  /** Where the filter's bytes lie: as long as the subscription. */
  subscriptionFilterStart(row: Subscription): Offset
  subscriptionFilterSize(row: Subscription): number
  /** Whether the filter has no wildcard. */
  subscriptionIsExact(row: Subscription): boolean
  /** Whether the filter matches a Topic Name; the rule for `$` is the caller's. */
  subscriptionMatches(row: Subscription, topicStart: Offset, topicSize: number): boolean
  /** Has the retained messages that match sent to the subscription, from the first. */
  retainedWaitAdd(row: Subscription): void
  /** The subscription has its retained messages, or ends. */
  retainedWaitRemove(session: Session, row: Subscription): void
  /** The subscription goes on from there. */
  retainedStand(row: Subscription, at: number): void
}

/** `subscriptions/session_end`: a session ends. */
export interface SubscriptionsEnd {
  /** Ends all subscriptions of a session, whose own record is about to be gone. */
  subscriptionsEnd(session: Session): void
}

/** `subscriptions/route`: who gets a message. */
export interface Routes {
  /** Finds who gets a topic that a session sends (NONE: the broker itself). False: it is no valid Topic Name. */
  routeFind(publisher: Session, topicStart: Offset, topicSize: number): boolean
  /** How many, by the last routeFind. */
  routeTargets: number
  /** The highest QoS that one of them wants. */
  routeQos: number
  /** For the port of tests: what stands in the registers is over. */
  routeOver(over: never): void
}

/** `subscriptions/kept`: subscriptions as they stand in memory, with RECORDS_MAPPED (records/tables.ts). */
export interface SubscriptionsKept {
  /** The columns; with them a number is kept that is the caller's: board_check.ts has how large it may be. */
  subscriptionTables(other: number): Table[]
  keptWithSubscriptions(): number
  /** What is left of those that were read, by the session that each session is now, or NONE. */
  subscriptionsKept(now: Session[]): void
  /** None were read: all rows are free. */
  subscriptionsNew(): void
}

/** `subscriptions/deliver`: the publication in hand to those that routeFind has found. */
export interface Delivery {
  /**
   * Delivers to each target once. Answers SUCCESS; NO_MATCHING_SUBSCRIBERS where No Local left nobody; QUEUES_FULL
   * where every queue that should have taken the message was full, so that nobody got it.
   */
  deliverRoute(): number
}

/** `subscriptions/retained_send`: the stored retained messages to one subscription. */
export interface RetainedSending {
  /** Whether those that wait take turns with each tick (indexed/retained_tick.ts); else each is tried at each tick. */
  RETAINED_IN_TURN: boolean
  /** Sends what the subscription waits for, from where it stands. False: it has to wait. */
  retainedTopicsSend(session: Session, slot: Slot, subscription: Subscription): boolean
}
