// PINGREQ. [MQTT 5.0 section 3.12]
import { frameBody, frameEnd } from '../../codec/frame'
import { MALFORMED_PACKET, SUCCESS } from '../../codec/reason_code'
import { sendPingresp } from './send'
import type { Slot } from '../../kinds'

/** [MQTT-3.12.4-1] */
export function handlePingreq(slot: Slot): number {
  if (frameEnd > frameBody) return MALFORMED_PACKET
  sendPingresp(slot)
  return SUCCESS
}
