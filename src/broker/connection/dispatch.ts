// Which handler a packet goes to, and which packets a connection may send in which state.
import {
  AUTH, CONNECT, DISCONNECT, PINGREQ, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, UNSUBSCRIBE,
} from '../../codec/packet_type'
import { frameType } from '../../codec/frame'
import { MALFORMED_PACKET, PROTOCOL_ERROR } from '../../codec/reason_code'
import { FEATURE_ACCESS, FEATURE_ENHANCED_AUTHENTICATION, FEATURE_MQTT5, FEATURE_QOS2 } from '../../limits'
import { ACCEPTED, CONNECTED, connectionState, connectionVersion } from '../../store/connection_table'
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from '../session/handle_acknowledge'
import { handleAuth } from './handle_auth'
import { handleConnect } from './handle_connect'
import { handleDisconnect } from './handle_disconnect'
import { handlePingreq } from './handle_pingreq'
import { handlePublish } from '../publish/handle_publish'
import { handleSubscribe } from '../subscribe/handle_subscribe'
import type { Slot } from '../../kinds'

/**
 * Handles the packet framed last. Answers 0, WAIT, or the Reason Code to close with. `refusal` is SUCCESS, or why it is
 * a CONNECT that is not taken. A choice among calls: a table of handlers would take an interpreter five variables for
 * each of them.
 */
export function dispatch(slot: Slot, refusal: number): number {
  const state = connectionState[slot]
  if (state !== CONNECTED) {
    // The first packet is CONNECT, and while it is judged only AUTH goes on. [MQTT-3.1.0-1] [MQTT-3.1.2-30]
    if (state === ACCEPTED ? frameType !== CONNECT : FEATURE_ACCESS && frameType !== AUTH) return PROTOCOL_ERROR
  } else if (FEATURE_MQTT5 && frameType === AUTH && connectionVersion[slot] < 5) return MALFORMED_PACKET
  if (frameType === PUBLISH) return handlePublish(slot)
  if (frameType === PUBACK) return handlePuback(slot)
  if (FEATURE_QOS2 && frameType === PUBREC) return handlePubrec(slot)
  if (FEATURE_QOS2 && frameType === PUBREL) return handlePubrel(slot)
  if (FEATURE_QOS2 && frameType === PUBCOMP) return handlePubcomp(slot)
  if (frameType === SUBSCRIBE || frameType === UNSUBSCRIBE) return handleSubscribe(slot)
  if (frameType === PINGREQ) return handlePingreq(slot)
  if (frameType === CONNECT) return handleConnect(slot, refusal)
  if (frameType === DISCONNECT) return handleDisconnect(slot)
  return FEATURE_ENHANCED_AUTHENTICATION && frameType === AUTH ? handleAuth(slot) : PROTOCOL_ERROR
}
