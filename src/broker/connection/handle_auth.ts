// AUTH: the next step of an enhanced authentication, or the start of a re-authentication. [MQTT 5.0 section 4.12]
import { portPause } from 'runtime'
import { acknowledgeReasonCode, decodeReason } from '../../codec/acknowledge'
import { frameBody, frameEnd } from '../../codec/frame'
import { IN_AUTH } from '../../codec/property'
import { CONTINUE_AUTHENTICATION, PROTOCOL_ERROR, REAUTHENTICATE, SUCCESS } from '../../codec/reason_code'
import { authExchange, authMethodIsTheSame, sendAuth } from '../../feature/authentication'
import { PORT_PENDING } from '../../port/port'
import {
  AUTHENTICATING, CONNECTED, PENDING, REAUTHENTICATING, connectionFlags, connectionState,
} from '../../store/connection_table'
import { connectResume } from './handle_connect'
import type { Slot } from '../../kinds'

/** [MQTT-4.12.0-5] [MQTT-4.12.1-1] */
export function handleAuth(slot: Slot): number {
  const state = connectionState[slot]
  const error = decodeReason(5, IN_AUTH, frameBody, frameEnd)
  if (error) return error
  if (!authMethodIsTheSame(slot)) return PROTOCOL_ERROR
  const isFirst = acknowledgeReasonCode === REAUTHENTICATE
  if (isFirst ? state !== CONNECTED : acknowledgeReasonCode !== CONTINUE_AUTHENTICATION) return PROTOCOL_ERROR
  if (isFirst) connectionFlags[slot] |= REAUTHENTICATING
  else if (state === CONNECTED && !(connectionFlags[slot] & REAUTHENTICATING)) return PROTOCOL_ERROR
  return authAnswer(slot, authExchange(slot, isFirst))
}

/**
 * Goes on with what the port answered; also what brokerAuthenticated brings later. Answers SUCCESS or a Reason Code.
 */
export function authAnswer(slot: Slot, answer: number): number {
  if (answer === PORT_PENDING) {
    connectionFlags[slot] |= PENDING
    portPause(slot, true)
    return SUCCESS
  }
  if (answer === CONTINUE_AUTHENTICATION) sendAuth(slot, answer)
  else if (connectionState[slot] === AUTHENTICATING) connectResume(slot, answer)
  else {
    connectionFlags[slot] &= ~REAUTHENTICATING
    if (answer) return answer // [MQTT-4.12.1-2]
    sendAuth(slot, SUCCESS)
  }
  return SUCCESS
}
