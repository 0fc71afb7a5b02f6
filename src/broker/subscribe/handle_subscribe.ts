// SUBSCRIBE and UNSUBSCRIBE that lie in one piece; feature/stream.ts has those that are larger than the receive ring.
import { frameBody, frameEnd, frameType } from '../../codec/frame'
import { readBegin, readRest } from '../../codec/reader'
import { FEATURE_RECORDS, FEATURE_RETAINED } from '../../limits'
import { subscriptionsWait } from '../../records/subscription_record'
import { connectionSession } from '../../store/connection_table'
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

/** Answers the packet, and sends what is retained for the new subscriptions. */
export function filterListFinish(slot: Slot): number {
  const error = filterListEnd(slot)
  if (FEATURE_RETAINED && !error) {
    retainedPump(connectionSession[slot])
    if (FEATURE_RECORDS) subscriptionsWait(connectionSession[slot])
  }
  return error
}
