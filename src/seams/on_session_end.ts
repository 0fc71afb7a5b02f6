// A session ends; its client is gone and its Will published. Its subscriptions and its queue are still there.
import { sharedRedeliver } from '../feature/shared_subscription'
import { FEATURE_SHARED_SUBSCRIPTION } from '../limits'
import type { Session } from '../kinds'

export function onSessionEnd(session: Session): void {
  if (FEATURE_SHARED_SUBSCRIPTION) sharedRedeliver(session)
}
