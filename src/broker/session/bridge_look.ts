// What an extension may ask, and say, of the queue of a board's own bridge.
import { portRecordSequence } from 'runtime'
import { queuedRecordS } from '../../records/queue_record'
import { bridgeDropped, bridgeSession, bridgeSessionSet } from '../../store/bridge_session'
import { connectionSession } from '../../store/connection_table'
import { queueRecord } from '../../store/queue_table'
import { sequenceAtStart, startedMs } from '../../store/record'
import { sessionQueueCount, sessionQueueHead } from '../../store/session_table'
import { clockUpdate } from '../clock'
import { counters } from '../counters'
import type { Slot } from '../../kinds'

/** Its session is that of a connection; `policy` is of queue_words.ts. */
export function bridgeSet(slot: Slot, policy: number): void {
  bridgeSessionSet(connectionSession[slot], policy)
}

/**
 * Messages that wait, messages that were not kept, the seconds that the oldest has waited, as far as the start, and all
 * that is counted: a bridge learns of that what was refused before it is told.
 */
export function bridgeLook(): (number | Float64Array)[] {
  return bridgeSession < 0 ? [0] : [sessionQueueCount[bridgeSession], bridgeDropped, oldestS(), counters]
}

function oldestS(): number {
  const row = sessionQueueHead[bridgeSession]
  const record = row < 0 ? 0 : queueRecord[row]
  if (!record) return 0
  const began = portRecordSequence(record) > sequenceAtStart ? queuedRecordS(record) : 0
  return (clockUpdate() - startedMs) / 1_000 - began
}
