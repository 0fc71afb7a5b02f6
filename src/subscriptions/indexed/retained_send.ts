// The retained messages that a subscription's filter matches, by a walk through the tree of their topics.
import { sendRetained } from '../../broker/publish/retained_message'
import { subscriptionRetainedAt } from '../rows'
import { nodeRow } from './retained_index'
import { walkAfter, walkBegin, walkFind, walkIsFound, walkResume } from './retained_walk'
import { retainedStand, subscriptionFilterSize, subscriptionFilterStart } from './table'
import type { Session, Slot, Subscription } from '../../kinds'

export const RETAINED_IN_TURN = true

export function retainedTopicsSend(session: Session, slot: Slot, subscription: Subscription): boolean {
  walkBegin(subscriptionFilterStart(subscription), subscriptionFilterSize(subscription))
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
