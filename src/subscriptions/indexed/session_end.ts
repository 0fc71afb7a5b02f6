// The subscriptions of a session that ends.
import { sessionSubscriptionHead } from '../../store/session_table'
import { shapesForget } from './filter_shape'
import { walkedForget } from './filter_walked'
import { subscriptionRemove } from './table'
import type { Session } from '../../kinds'

export function subscriptionsEnd(session: Session): void {
  while (sessionSubscriptionHead[session] >= 0) subscriptionRemove(sessionSubscriptionHead[session])
  shapesForget(session)
  walkedForget(session)
}
