// SUBSCRIBE and UNSUBSCRIBE that lie in one piece; feature/stream.ts has those that are larger than the receive ring.
import { frameBody, frameEnd, frameType } from '../../codec/frame'
import { readBegin, readRest } from '../../codec/reader'
import { FEATURE_RECORDS, FEATURE_RETAINED, FILTERS_LOOKED_AT } from '../../limits'
import { subscriptionsWait } from '../../records/subscription_record'
import { connectionSession } from '../../store/connection_table'
import { routesChanged } from '../../subscriptions/rows'
import { filterListBegin, filterListEnd, filterListNext, filterListTaken } from './filter_list'
import { retainedPump } from '../publish/retained'
import type { Slot } from '../../kinds'

/** Both packets, which differ in what is done with a filter. [MQTT-3.8.4-1] [MQTT-3.10.4-4] */
export function handleSubscribe(slot: Slot): number {
  readBegin(frameBody, frameEnd)
  let error = filterListBegin(slot, frameType)
  while (!error && readRest()) error = filterListNext()
  return error || filterListTaken() || filterListFinish(slot)
}

/** Answers the packet, which its subscriptions count from, and sends what is retained for them. */
export function filterListFinish(slot: Slot): number {
  const error = filterListEnd(slot)
  if (FILTERS_LOOKED_AT) routesChanged()
  if (FEATURE_RETAINED && !error) {
    retainedPump(connectionSession[slot])
    if (FEATURE_RECORDS) subscriptionsWait(connectionSession[slot])
  }
  return error
}
