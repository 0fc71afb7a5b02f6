// To whom a run of messages to one topic goes (feature/publish_run.ts): whether each target of the route that was found
// last takes copies as they come, and how much of a run all of them have room for.
import {
  SETTING_AUTHORIZE, SETTING_DUPLICATES, SETTING_INFLIGHT_BYTES, SETTING_PAYLOADS, SETTING_QUEUE_BYTES,
  SETTING_QUEUE_QOS0, inflightMax, packetSizeMax, queueMax, settings,
} from '../../broker/settings'
import { FEATURE_RUNS, NONE, TX_CREDIT_SIZE, newRows } from '../../limits'
import {
  CONNECTED, connectionAliasMax, connectionPacketMax, connectionReceiveMax, connectionSession, connectionState,
  connectionTransmit, connectionVersion,
} from '../../store/connection_table'
import { brokersAreOne, recordsAreKept } from '../../store/record'
import {
  sessionInflightCount, sessionQueueCount, sessionQueueMax, sessionQueueNext, sessionQueuePolicy, sessionRecord,
  sessionSlot,
} from '../../store/session_table'
import { NO_LOCAL } from '../rows'
import { routeFound } from './route'
import {
  TARGET_IDENTIFIER, TARGET_MIXED, TARGET_SHARED, routeEnd, routeFirst, targetOptions, targetSession,
} from './route_cache'
import type { Column, Session, Slot } from '../../kinds'

/** Targets of a run at the most. */
export const RUN_TARGETS_MAX = 4_096

/** The sessions that runTargetsFind has found, of clients that are there. */
export const runSession: Column<number, Session> = newRows(FEATURE_RUNS ? RUN_TARGETS_MAX : 0)

// Life: until the next runTargetsFind.
/** Bytes of a run that all of them have room for. */
export let runBytesMax = 0
/** Messages of it that all of them have room for, and bytes of the largest packet that they take. */
export let runCountMax = 0
export let runSizeMax = 0

/** Whether messages can be told apart by more than their topic, or a copy is not made of one target alone. */
function settingsForbid(): boolean {
  return brokersAreOne || settings[SETTING_AUTHORIZE] + settings[SETTING_PAYLOADS] + settings[SETTING_DUPLICATES]
    + settings[SETTING_QUEUE_BYTES] + settings[SETTING_INFLIGHT_BYTES] + settings[SETTING_QUEUE_QOS0] > 0
}

/**
 * Finds the targets of a run that a connection sends at a QoS. Answers how many, or NONE: it is none, as one of them
 * needs more than a copy.
 */
export function runTargetsFind(slot: Slot, qos: number): number {
  runBytesMax = TX_CREDIT_SIZE
  runCountMax = queueMax()
  runSizeMax = packetSizeMax()
  const end = routeEnd[routeFound]
  if (settingsForbid() || end - routeFirst[routeFound] > RUN_TARGETS_MAX) return NONE
  let count = 0
  for (let target = routeFirst[routeFound]; target < end; target++) {
    const session = targetSession[target]
    const options = targetOptions[target]
    if (options & (TARGET_SHARED | TARGET_IDENTIFIER) || session === connectionSession[slot]
      && options & (NO_LOCAL | TARGET_MIXED) || (options & 3) < qos) return NONE
    if (sessionSlot[session] >= 0) {
      if (!connectionTakes(slot, sessionSlot[session]) || qos && !queueTakes(slot, session)) return NONE
      runSession[count++] = session
    } else if (qos) return NONE
  }
  return count
}

/** Whether a connection gets the bytes that the publisher's has sent. */
function connectionTakes(publisher: Slot, slot: Slot): boolean {
  runBytesMax = Math.min(runBytesMax, TX_CREDIT_SIZE - connectionTransmit[slot])
  runSizeMax = Math.min(runSizeMax, connectionPacketMax[slot])
  return connectionState[slot] === CONNECTED && !connectionAliasMax[slot]
    && connectionVersion[slot] > 4 === connectionVersion[publisher] > 4
}

/**
 * Whether a session's queue is one that a message goes through at once. Not the publisher's own: its acknowledgements
 * would stand in another order among its messages.
 */
function queueTakes(publisher: Slot, session: Session): boolean {
  const slot = sessionSlot[session]
  const window = Math.min(connectionReceiveMax[slot], inflightMax())
  runCountMax = Math.min(
    runCountMax, window - sessionInflightCount[session], queueMax() - sessionQueueCount[session],
  )
  return slot !== publisher && sessionQueueNext[session] < 0 && !sessionQueuePolicy[session]
    && !sessionQueueMax[session] && !(recordsAreKept && sessionRecord[session])
}
