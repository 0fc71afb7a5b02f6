// What follows from the end of a Network Connection, which connectionClose has marked: the client is told, the network
// closed, and the slot, its Will and its Session have their ends. It is done at the top of a turn, when the packet in
// hand is, so that nothing changes under a loop that is delivering.
import { portClose, portLog } from 'runtime'
import { NO_REASON } from '../../codec/reason_code'
import {
  FEATURE_ACCESS, FEATURE_LANE, FEATURE_LOG, FEATURE_MQTT5, FEATURE_STREAM, FEATURE_WILL, NONE, RECORDS_MAPPED,
} from '../../limits'
import {
  NETWORK_LOST, WILL_DISCARDED, connectionClose, connectionFlags, connectionReason, connectionRemove,
  connectionSession, connectionTakeClosing, connectionVersion, heldRelease,
} from '../../store/connection_table'
import { onConnectionEnd } from '../../seams/on_connection_end'
import { rxRelease } from '../../store/rx_ring'
import { sessionSlot } from '../../store/session_table'
import { transferMessage } from '../../store/transfer_table'
import { routesChanged } from '../../subscriptions/rows'
import { LOG_CLOSED } from '../log_code'
import { sendDisconnect } from './send'
import { sessionDisconnected } from '../session/session'
import type { Slot } from '../../kinds'

/** Does what follows from the connections that were closed since the last call. */
export function connectionsSettle(): void {
  let slot
  while ((slot = connectionTakeClosing()) >= 0) connectionEnd(slot)
}

function connectionEnd(slot: Slot): void {
  const session = connectionSession[slot]
  const reasonCode = connectionReason[slot]
  // [MQTT-3.14.0-1]: after a CONNACK of success, and only 5.0 has the packet from a server. In the middle of a message
  // there is no place for one.
  if (FEATURE_MQTT5 && reasonCode > NETWORK_LOST && session >= 0 && connectionVersion[slot] > 4
    && !(RECORDS_MAPPED && transferMessage[slot] >= 0)) {
    sendDisconnect(slot, reasonCode)
  }
  if (FEATURE_LOG) portLog(LOG_CLOSED, slot, reasonCode > NETWORK_LOST ? reasonCode : NO_REASON)
  if (reasonCode !== NETWORK_LOST) portClose(slot)
  rxRelease(slot)
  if (FEATURE_ACCESS || FEATURE_STREAM) heldRelease(slot)
  onConnectionEnd(slot)
  const isWillDiscarded = FEATURE_WILL && (connectionFlags[slot] & WILL_DISCARDED) > 0
  connectionRemove(slot)
  if (session >= 0) {
    sessionSlot[session] = NONE
    if (FEATURE_LANE) routesChanged()
    sessionDisconnected(session, isWillDiscarded)
  }
}

/** Ends a connection, without its Will: whoever runs the broker does not want it any more. */
export function brokerKick(slot: Slot, reasonCode: number): void {
  connectionFlags[slot] |= WILL_DISCARDED
  brokerEnd(slot, reasonCode)
}

/** Ends a connection from outside, with its Will: the client may come again. */
export function brokerEnd(slot: Slot, reasonCode: number): void {
  connectionClose(slot, reasonCode)
  connectionsSettle()
}
