// CONNECT: whether the client may come in. What it gets then is opened by session_open.ts. [MQTT 5.0 section 3.1.4]
import { portAuthenticate, portCopy, portLog, portPause } from 'runtime'
import {
  connectClientSize, connectClientStart, connectIsBridge, connectPasswordSize, connectPasswordStart, connectUserSize,
  connectUserStart, connectVersion, decodeConnect,
} from '../../codec/connect'
import { frameBody, frameEnd } from '../../codec/frame'
import { propertyHas, propertyNumber } from '../../codec/property'
import {
  AUTHENTICATION_DATA, AUTHENTICATION_METHOD, MAXIMUM_PACKET_SIZE, REQUEST_PROBLEM_INFORMATION,
} from '../../codec/property_identifier'
import {
  BAD_AUTHENTICATION_METHOD, CONTINUE_AUTHENTICATION, NO_REASON, PROTOCOL_ERROR, QUOTA_EXCEEDED, SUCCESS,
  TOPIC_NAME_INVALID,
} from '../../codec/reason_code'
import {
  FEATURE_ACCESS, FEATURE_BRIDGE_LEVEL, FEATURE_ENHANCED_AUTHENTICATION, FEATURE_LATE_ANSWER, FEATURE_LOG,
  FEATURE_MQTT5, FEATURE_SPOOL, PACKET_SIZE_GREATEST,
} from '../../limits'
import { PORT_PENDING } from '../../port/port'
import { authConnect } from '../../feature/authentication'
import { poolAllocate } from '../../store/byte_pool'
import {
  ACCEPTED, AUTHENTICATING, BRIDGE, PENDING, PROBLEM_INFORMATION, connectionClose, connectionFlags, connectionHeld,
  connectionHeldSize, connectionPacketMax, connectionState, connectionVersion, heldRelease, rxEnd,
} from '../../store/connection_table'
import { sendConnackRefusal } from './connack'
import { LOG_REFUSED } from '../log_code'
import { sessionOpen, userNameForget } from '../session/session_open'
import type { Slot } from '../../kinds'

/**
 * A second CONNECT is an error. [MQTT-3.1.0-2] One that is not taken for its size (`refusal` says so, else SUCCESS) is
 * read as far as it has come, to see whom to tell.
 */
export function handleConnect(slot: Slot, refusal: number): number {
  if (connectionState[slot] !== ACCEPTED) return PROTOCOL_ERROR
  const error = decodeConnect(frameBody, refusal ? rxEnd[slot] : frameEnd)
  if (FEATURE_MQTT5) connectionVersion[slot] = connectVersion
  if (FEATURE_BRIDGE_LEVEL && connectIsBridge) connectionFlags[slot] |= BRIDGE
  // Of a CONNECT without properties, or with a mistake before them, each is absent.
  if (FEATURE_MQTT5) {
    const most = propertyNumber(MAXIMUM_PACKET_SIZE, PACKET_SIZE_GREATEST)
    // What is added to a message must not make it longer than a Remaining Length can say.
    connectionPacketMax[slot] = FEATURE_SPOOL ? Math.min(most, PACKET_SIZE_GREATEST) : most
  }
  if (error || refusal) return refuse(slot, refusal || error)
  if (FEATURE_MQTT5 && connectVersion > 4) {
    if (propertyNumber(REQUEST_PROBLEM_INFORMATION, 1)) connectionFlags[slot] |= PROBLEM_INFORMATION
    if (propertyHas(AUTHENTICATION_DATA) && !propertyHas(AUTHENTICATION_METHOD)) return refuse(slot, PROTOCOL_ERROR)
  }
  return FEATURE_ACCESS ? connectJudge(slot, authenticate(slot)) : connectAccepted(slot)
}

function authenticate(slot: Slot): number {
  if (FEATURE_MQTT5 && connectVersion > 4 && propertyHas(AUTHENTICATION_METHOD)) {
    return FEATURE_ENHANCED_AUTHENTICATION ? authConnect(slot) : BAD_AUTHENTICATION_METHOD // [MQTT-4.12.0-1]
  }
  return portAuthenticate(
    slot, connectClientStart, connectClientSize, connectUserStart, connectUserSize, connectPasswordStart,
    connectPasswordSize,
  )
}

/** Goes on with what the port says of the client: let in, refused, or kept until more is known. */
function connectJudge(slot: Slot, answer: number): number {
  if (answer === SUCCESS) return connectAccepted(slot)
  if (!FEATURE_LATE_ANSWER || answer !== PORT_PENDING && answer !== CONTINUE_AUTHENTICATION) return refuse(slot, answer)
  if (!connectHold(slot)) return refuse(slot, QUOTA_EXCEEDED)
  connectionState[slot] = AUTHENTICATING
  if (answer === PORT_PENDING) {
    connectionFlags[slot] |= PENDING
    portPause(slot, true)
  }
  return SUCCESS
}

function connectAccepted(slot: Slot): number {
  const refusal = sessionOpen(slot)
  return refusal ? refuse(slot, refusal) : SUCCESS
}

/** Keeps the CONNECT's body while the client is authenticated. */
function connectHold(slot: Slot): boolean {
  const size = frameEnd - frameBody
  const start = poolAllocate(size, 0)
  if (start < 0) return false
  portCopy(start, frameBody, size)
  connectionHeld[slot] = start
  connectionHeldSize[slot] = size
  return true
}

/** The answer to a client in AUTHENTICATING is known: opens its session or refuses it. */
export function connectResume(slot: Slot, reasonCode: number): void {
  let refusal = reasonCode
  // Others have sent their CONNECT meanwhile: a refusal too is in this one's version.
  decodeConnect(connectionHeld[slot], connectionHeld[slot] + connectionHeldSize[slot])
  if (!refusal) {
    connectionState[slot] = ACCEPTED
    refusal = sessionOpen(slot)
  }
  heldRelease(slot)
  if (refusal) refuse(slot, refusal)
}

/**
 * Refuses a client: CONNACK where its version has one for the reason, then the end. [MQTT-3.1.4-1] [MQTT-3.2.2-7]
 * 3.1.1 closes without a word what is malformed.
 */
function refuse(slot: Slot, reasonCode: number): number {
  if (FEATURE_ACCESS) userNameForget()
  const isTold = FEATURE_MQTT5 && connectVersion > 4 || reasonCode > PROTOCOL_ERROR && reasonCode !== TOPIC_NAME_INVALID
  if (FEATURE_LOG) portLog(LOG_REFUSED, slot, reasonCode)
  connectionState[slot] = ACCEPTED
  if (connectVersion && isTold) sendConnackRefusal(slot, reasonCode)
  connectionClose(slot, NO_REASON)
  return SUCCESS
}
