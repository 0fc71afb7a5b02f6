// A second or so has passed, sessions whose time is over have ended. The clock is that of the tick.
import { waitingTick } from 'messages/retained_waiting'
import { retainedExpire } from '../feature/retained_expiry'
import { sysTick } from '../feature/sys'
import {
  FEATURE_INDEX, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SYS, RECORDS_HAVE_AGE, RECORDS_MAPPED,
} from '../limits'
import { retainedTick } from '../subscriptions/indexed/retained_tick'

export function onTick(): void {
  if (FEATURE_SYS) sysTick()
  if (FEATURE_INDEX && FEATURE_RETAINED) retainedTick()
  if (RECORDS_MAPPED && FEATURE_RETAINED) waitingTick()
  if (FEATURE_RECORDS && !RECORDS_HAVE_AGE && FEATURE_RETAINED && FEATURE_MQTT5) retainedExpire()
}
