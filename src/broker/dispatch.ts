// Which handler a packet goes to, and which packets a connection may send in which state.
import { AUTH, CONNECT } from '../codec/packet_type'
import { frameType } from '../codec/frame'
import { MALFORMED_PACKET, PROTOCOL_ERROR } from '../codec/reason_code'
import { handleAuth } from '../feature/authentication'
import { FEATURE_ACCESS, FEATURE_ENHANCED_AUTHENTICATION, FEATURE_MQTT5, FEATURE_QOS2 } from '../limits'
import { ACCEPTED, CONNECTED, connectionState, connectionVersion } from '../store/connection_table'
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from './handle_acknowledge'
import { handleConnect } from './handle_connect'
import { handleDisconnect } from './handle_disconnect'
import { handlePingreq } from './handle_pingreq'
import { handlePublish } from './handle_publish'
import { handleSubscribe } from './handle_subscribe'

/** A packet that no client may send. */
function handleForbidden(): number {
  return PROTOCOL_ERROR
}

/** By packet type. A handler answers 0, WAIT, or the Reason Code to close with. */
const packetHandlers: ((slot: number) => number)[] = [
  handleForbidden, handleConnect, handleForbidden, handlePublish, handlePuback,
  FEATURE_QOS2 ? handlePubrec : handleForbidden, FEATURE_QOS2 ? handlePubrel : handleForbidden,
  FEATURE_QOS2 ? handlePubcomp : handleForbidden,
  handleSubscribe, handleForbidden, handleSubscribe, handleForbidden, handlePingreq, handleForbidden, handleDisconnect,
  FEATURE_ENHANCED_AUTHENTICATION ? handleAuth : handleForbidden,
]

/** Handles the packet framed last. Answers 0, WAIT, or the Reason Code to close with. */
export function dispatch(slot: number): number {
  const state = connectionState[slot]
  if (state !== CONNECTED) {
    // The first packet is CONNECT, and while it is judged only AUTH goes on. [MQTT-3.1.0-1] [MQTT-3.1.2-30]
    if (state === ACCEPTED ? frameType !== CONNECT : FEATURE_ACCESS && frameType !== AUTH) return PROTOCOL_ERROR
  } else if (FEATURE_MQTT5 && frameType === AUTH && connectionVersion[slot] < 5) return MALFORMED_PACKET
  return packetHandlers[frameType](slot)
}
