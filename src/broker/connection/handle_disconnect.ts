// DISCONNECT from a client. [MQTT 5.0 section 3.14.4]
import { acknowledgeReasonCode, decodeReason } from '../../codec/acknowledge'
import { frameBody, frameEnd } from '../../codec/frame'
import { IN_DISCONNECT, propertyNumber } from '../../codec/property'
import { SESSION_EXPIRY_INTERVAL } from '../../codec/property_identifier'
import { NO_REASON, PROTOCOL_ERROR, SUCCESS } from '../../codec/reason_code'
import { FEATURE_MQTT5, FEATURE_WILL } from '../../limits'
import {
  WILL_DISCARDED, connectionClose, connectionFlags, connectionSession, connectionVersion,
} from '../../store/connection_table'
import { sessionExpiry } from '../../store/session_table'
import { SETTING_SESSION_EXPIRY, settings } from '../settings'
import type { Session, Slot } from '../../kinds'

/** Without the Will where the Reason Code is 0x00, and only there. [MQTT-3.14.4-3] */
export function handleDisconnect(slot: Slot): number {
  const error = decodeReason(connectionVersion[slot], IN_DISCONNECT, frameBody, frameEnd)
  if (error) return error
  if (FEATURE_MQTT5 && connectionVersion[slot] > 4 && !changeExpiry(connectionSession[slot])) return PROTOCOL_ERROR
  if (FEATURE_WILL && !acknowledgeReasonCode) connectionFlags[slot] |= WILL_DISCARDED
  connectionClose(slot, NO_REASON)
  return SUCCESS
}

/** A session that ends with its connection cannot be made to stay. [MQTT-3.1.2-23] section 3.14.2.2.2 */
function changeExpiry(session: Session): boolean {
  const asked = propertyNumber(SESSION_EXPIRY_INTERVAL, sessionExpiry[session])
  if (asked && !sessionExpiry[session]) return false
  sessionExpiry[session] = Math.min(asked, settings[SETTING_SESSION_EXPIRY])
  return true
}
