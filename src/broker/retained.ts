// Sends retained messages to new subscriptions, as the client's credit and window allow: a subscription remembers how
// far it has come, so that a thousand retained messages need no memory and a slow reader misses none.
import { SYS_AT, sysCount, sysSend } from '../feature/sys'
import { topicIsHidden } from '../codec/topic'
import {
  FEATURE_ACCESS, FEATURE_INDEX, FEATURE_RETAINED, FEATURE_SUBSCRIPTION_IDENTIFIER, FEATURE_SYS_RETAINED,
} from '../limits'
import { memory } from '../memory'
import { CONNECTED, connectionRowsUsed, connectionSession, connectionState } from '../store/connection_table'
import { SHAPE_EXACT, filterMatches, filterShape, filterSize, filterStart } from '../store/filter_table'
import { messageFlags, messageRetain, messageStart, messageTopicSize } from '../store/message_table'
import { QUEUE_RETAIN, queueAdd, queueHasRoom, queueIdentifier } from '../store/queue_table'
import { nodeRow } from '../store/retained_index'
import { retainedMessage } from '../store/retained_rows'
import { retainedFind, retainedRemove, retainedRowsUsed } from '../store/retained_table'
import {
  walkAfter, walkBegin, walkFind, walkIsFound, walkResume, walkSteps, walkStepsRenew,
} from '../store/retained_walk'
import { sessionQueueCount, sessionRetainedHead, sessionSlot } from '../store/session_table'
import {
  retainedStand, retainedWaitRemove, subscriptionFilter, subscriptionIdentifier, subscriptionOptions,
  subscriptionRetainedAt,
} from '../store/subscription_table'
import { WALK_EXACT, walkPlainSize } from '../store/subscription_walk'
import { accessAllows } from './access'
import { ACCESS_READ } from './access_kind'
import { messageLoad } from './in_hand'
import { NO_ROOM, outgoingAddIdentifier, outgoingBegin, outgoingClearIdentifiers, outgoingSend } from './outgoing'
import { messageHasExpired, queuePump } from './queue'
import { queueMax } from './settings'

const DOLLAR = 0x24

/** Sends what the session's subscriptions wait for, until the client has no room. */
export function retainedPump(session: number): void {
  if (!FEATURE_RETAINED) return
  const slot = sessionSlot[session]
  if (slot < 0) return
  let subscription
  while ((subscription = sessionRetainedHead[session]) >= 0 && connectionState[slot] === CONNECTED) {
    const at = subscriptionRetainedAt[subscription]
    const filter = FEATURE_INDEX ? subscriptionFilter[subscription] : subscription
    if (!at && filterIsExact(filter)) {
      const row = retainedFind(filterStart[filter], filterSize[filter])
      if (row >= 0 && !sendRetained(session, slot, subscription, row)) return
      topicsDone(session, subscription, filter)
    } else if (FEATURE_INDEX && at < SYS_AT) {
      if (!pumpTree(session, slot, subscription, filter)) return
      topicsDone(session, subscription, filter)
    } else if (!FEATURE_INDEX && at < retainedRowsUsed) {
      if (retainedMatches(filter, at) && !sendRetained(session, slot, subscription, at)) return
      subscriptionRetainedAt[subscription]++
    } else if (!FEATURE_SYS_RETAINED || at < SYS_AT) topicsDone(session, subscription, filter)
    else if (at - SYS_AT >= sysCount) retainedWaitRemove(session, subscription)
    else if (!sysSend(at - SYS_AT, slot, subscription)) return
    else subscriptionRetainedAt[subscription]++
  }
}

/** What is stored has been sent: what is left are the broker's own numbers. */
function topicsDone(session: number, subscription: number, filter: number): void {
  if (FEATURE_SYS_RETAINED && memory[filterStart[filter]] === DOLLAR) retainedStand(subscription, SYS_AT)
  else retainedWaitRemove(session, subscription)
}

/** Sends what the tree has for a subscription. False: it has to wait. */
function pumpTree(session: number, slot: number, subscription: number, filter: number): boolean {
  walkBegin(filterStart[filter], filterSize[filter])
  let node = walkFind(walkResume(subscriptionRetainedAt[subscription]))
  while (walkIsFound) {
    // Asked before its message goes out: if that has expired, the node goes, but none of those behind it.
    const next = walkAfter(node)
    if (!sendRetained(session, slot, subscription, nodeRow[node])) break
    node = walkFind(next)
  }
  if (node < 0) return true
  retainedStand(subscription, node)
  return false
}

/** The connection that is looked at first at the next tick. */
let turn = 0

/** Whether the steps between two ticks were too few for what is to be sent. */
export function retainedIsBehind(): boolean {
  return !walkSteps
}

/** Goes on for those that wait, in turn. */
export function retainedTick(): void {
  walkStepsRenew()
  for (let count = connectionRowsUsed; count > 0 && walkSteps > 0; count--) {
    turn = turn + 1 < connectionRowsUsed ? turn + 1 : 0
    if (connectionState[turn] === CONNECTED && sessionRetainedHead[connectionSession[turn]] >= 0) {
      retainedPump(connectionSession[turn])
    }
  }
}

function filterIsExact(filter: number): boolean {
  return FEATURE_INDEX ? filterShape[filter] === SHAPE_EXACT : walkPlainSize[filter] === WALK_EXACT
}

function retainedMatches(filter: number, row: number): boolean {
  const message = retainedMessage[row]
  if (message < 0) return false
  const topicStart = messageStart[message]
  const first = memory[filterStart[filter]]
  if (topicIsHidden(topicStart) && (first === 0x2b || first === 0x23)) return false // [MQTT-4.7.2-1]
  return filterMatches(filter, topicStart, messageTopicSize[message])
}

/** Sends or queues one retained message. False: it has to wait. */
function sendRetained(session: number, slot: number, subscription: number, row: number): boolean {
  const message = retainedMessage[row]
  if (messageHasExpired(message)) {
    retainedRemove(row)
    return true
  }
  const topicStart = messageStart[message]
  if (FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, topicStart, messageTopicSize[message])) return true
  const qos = Math.min(subscriptionOptions[subscription] & 3, messageFlags[message] >> 1)
  const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[subscription] : 0
  if (qos) return queueRetained(session, message, qos, identifier)
  outgoingClearIdentifiers()
  if (identifier) outgoingAddIdentifier(identifier)
  messageLoad(message)
  outgoingBegin()
  return outgoingSend(slot, 1, 0) !== NO_ROOM // [MQTT-3.3.1-8]
}

function queueRetained(session: number, message: number, qos: number, identifier: number): boolean {
  if (sessionQueueCount[session] >= queueMax() || !queueHasRoom(1)) return false
  messageRetain(message)
  const queued = queueAdd(session, message, qos << 1 | QUEUE_RETAIN)
  if (identifier) queueIdentifier[queued] = identifier
  queuePump(session)
  return true
}
