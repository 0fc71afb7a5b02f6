// The end of a Network Connection. There is one way: connectionClose. It ends at once for the client, while what
// follows from it (Will, Session, the slot) waits until the packet in hand is done, so that nothing changes under a
// loop that is delivering.
import { portClose, portLog } from 'runtime'
import { NO_REASON } from '../codec/reason_code'
import { FEATURE_ACCESS, FEATURE_LANE, FEATURE_LOG, FEATURE_MQTT5, FEATURE_STREAM, FEATURE_WILL, NONE } from '../limits'
import { poolFree } from '../store/byte_pool'
import {
  CONNECTED, connectionFlags, connectionHeld, connectionHeldSize, connectionIsOpen, connectionRemove, connectionSession,
  connectionSetClosing, connectionState, connectionTakeClosing, connectionVersion, WILL_DISCARDED,
} from '../store/connection_table'
import { rxRelease } from '../store/rx_ring'
import { sessionSlot } from '../store/session_table'
import { routesChanged } from '../store/subscription_table'
import { connectionFeaturesRelease } from './connection_features'
import { LOG_CLOSED } from './log_code'
import { sendDisconnect } from './send'
import { sessionDisconnected } from './session'

/**
 * Ends a Network Connection: tells a connected 5.0 client the Reason Code (0x80 and above) and closes.
 * NO_REASON: without a word; the runtime is asked to close it all the same.
 */
export function connectionClose(slot: number, reasonCode: number): void {
  const state = connectionState[slot]
  if (!connectionIsOpen(slot)) return
  connectionSetClosing(slot)
  // [MQTT-3.14.0-1]: after a CONNACK of success, and only 5.0 has the packet from a server.
  if (FEATURE_MQTT5 && state === CONNECTED && connectionVersion[slot] > 4 && reasonCode < NO_REASON) {
    sendDisconnect(slot, reasonCode)
  }
  if (FEATURE_LOG) portLog(LOG_CLOSED, slot, reasonCode)
  portClose(slot)
}

/** The runtime says that the network is gone. */
export function connectionLost(slot: number): void {
  if (!connectionIsOpen(slot)) return
  connectionSetClosing(slot)
  if (FEATURE_LOG) portLog(LOG_CLOSED, slot, NO_REASON)
}

/** Does what follows from the connections that were closed since the last call. */
export function connectionsSettle(): void {
  let slot
  while ((slot = connectionTakeClosing()) >= 0) connectionEnd(slot)
}

function connectionEnd(slot: number): void {
  const session = connectionSession[slot]
  rxRelease(slot)
  if (FEATURE_ACCESS || FEATURE_STREAM) heldRelease(slot)
  connectionFeaturesRelease(slot)
  const isWillDiscarded = FEATURE_WILL && (connectionFlags[slot] & WILL_DISCARDED) > 0
  connectionRemove(slot)
  if (session >= 0) {
    sessionSlot[session] = NONE
    if (FEATURE_LANE) routesChanged()
    sessionDisconnected(session, isWillDiscarded)
  }
}

/** Frees the CONNECT that was kept while the client was authenticated. */
export function heldRelease(slot: number): void {
  if (connectionHeld[slot] < 0) return
  poolFree(connectionHeld[slot], connectionHeldSize[slot])
  connectionHeld[slot] = NONE
}
