// $SYS topics of mosquitto that only a computer's broker has: load averages, memory, and other names for numbers that
// there are. Behind those of sys.ts, in their order.
//
// A load is what a counter grew by in a minute, averaged over one, five and fifteen minutes as a system's load is:
// every SETTING_SYS_INTERVAL seconds what came since goes in, and what was before fades.
import { portHeap } from 'runtime'
import {
  BYTES_RECEIVED, BYTES_SENT, CONNECTS_RECEIVED, MESSAGES_RECEIVED, MESSAGES_SENT, PUBLISH_DROPPED, PUBLISH_RECEIVED,
  PUBLISH_SENT, SOCKETS_OPENED, counters,
} from '../broker/counters'
import { FEATURE_SYS_LOADS } from '../limits'
import { connectionCount } from '../store/connection_table'
import { messageCount } from 'messages/message_table'
import { sessionCount } from '../store/session_table'
import { sharedCount } from '../subscriptions/rows'

const LOADS = FEATURE_SYS_LOADS ? [
  MESSAGES_RECEIVED, MESSAGES_SENT, PUBLISH_DROPPED, PUBLISH_RECEIVED, PUBLISH_SENT, BYTES_RECEIVED, BYTES_SENT,
  CONNECTS_RECEIVED, SOCKETS_OPENED,
] : []
const LOAD_NAMES = [
  'messages/received', 'messages/sent', 'publish/dropped', 'publish/received', 'publish/sent', 'bytes/received',
  'bytes/sent', 'connections', 'sockets',
]
/** Minutes that a load is averaged over. */
const SPANS = [1, 5, 15]
const OTHER_NAMES = [
  'heap/current', 'heap/maximum', 'messages/stored', 'clients/active', 'clients/inactive',
  'shared_subscriptions/count', 'connections/socket/count',
]

/** Topics beside those of sys.ts. */
export const SYS_LOAD_COUNT = LOADS.length * SPANS.length + (FEATURE_SYS_LOADS ? OTHER_NAMES.length : 0)

/** By load, and by span. */
const loads = new Float64Array(LOADS.length * SPANS.length)
/** What the counters were when they were looked at last. */
const before = new Float64Array(LOADS.length)
let heapMaximum = 0

/** A minute's worth of what came in `seconds` goes into the averages. */
export function loadsUpdate(seconds: number): void {
  for (let load = 0; load < LOADS.length; load++) {
    const now = counters[LOADS[load]]
    const perMinute = (now - before[load]) * 60 / seconds
    before[load] = now
    for (let span = 0; span < SPANS.length; span++) {
      const at = load * SPANS.length + span
      loads[at] = perMinute + Math.exp(-seconds / 60 / SPANS[span]) * (loads[at] - perMinute)
    }
  }
}

/** What stands behind $SYS/broker/ for a topic of this file. */
export function loadName(index: number): string {
  if (index >= loads.length) return OTHER_NAMES[index - loads.length]
  return 'load/' + LOAD_NAMES[index / SPANS.length | 0] + '/' + SPANS[index % SPANS.length] + 'min'
}

export function loadValue(index: number): string {
  return index < loads.length ? loads[index].toFixed(2) : '' + otherValue(index - loads.length)
}

function otherValue(index: number): number {
  if (index < 2) {
    const heap = portHeap()
    heapMaximum = Math.max(heapMaximum, heap)
    return index ? heapMaximum : heap
  }
  return [
    messageCount, connectionCount, sessionCount - connectionCount, sharedCount, counters[SOCKETS_OPENED],
  ][index - 2]
}
