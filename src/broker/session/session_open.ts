// Opens the session of a client that may come in: takes over, resumes or starts it, stores the Will, answers CONNACK
// and sends what waits. [MQTT 5.0 sections 3.1.2.4, 3.1.4]
import { portCopyIn, portLog } from 'runtime'
import {
  connectCleanStart, connectClientSize, connectClientStart, connectHasWill, connectKeepAlive, connectUserSize,
  connectUserStart, connectVersion, connectWillPayloadSize, connectWillQos, connectWillRetain,
  connectWillTopicSize, connectWillTopicStart,
} from '../../codec/connect'
import { propertyNumber } from '../../codec/property'
import {
  RECEIVE_MAXIMUM, REQUEST_RESPONSE_INFORMATION, SESSION_EXPIRY_INTERVAL,
} from '../../codec/property_identifier'
import {
  CLIENT_IDENTIFIER_NOT_VALID, NOT_AUTHORIZED, PACKET_TOO_LARGE, QOS_NOT_SUPPORTED, QUOTA_EXCEEDED,
  RETAIN_NOT_SUPPORTED, SESSION_TAKEN_OVER, SUCCESS,
} from '../../codec/reason_code'
import { isOwnState, isSysTopic } from '../../feature/sys'
import {
  CONNECTIONS_MAX, FEATURE_ACCESS, FEATURE_BRIDGED, FEATURE_LANE, FEATURE_LISTENER_TERMS, FEATURE_LOG,
  FEATURE_MORE_SETTINGS, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_RECORDS, FEATURE_RESPONSE_INFORMATION, FEATURE_SYS,
  FEATURE_SYS_LOADS, FEATURE_SYS_TRAFFIC, FEATURE_WILL, NONE, PORT_NAMES_CLIENTS, SESSIONS_EXPIRE,
} from '../../limits'
import { sessionRecordHasRoom, sessionRecordWrite } from '../../records/session_record'
import { onConnect } from '../../seams/on_connect'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import {
  CONNECTED, connectionAccessList, connectionClose, connectionCount, connectionQosMax, connectionReceiveMax,
  connectionSession, connectionSilenceMs, connectionState,
} from '../../store/connection_table'
import {
  sessionAccessList, sessionAdd, sessionClientSize, sessionClientStart, sessionExpiresAt, sessionExpiry, sessionFind,
  sessionSlot, sessionUserChange, sessionUserSettle, sessionUserSize,
} from '../../store/session_table'
import { routesChanged } from '../../subscriptions/rows'
import { accessWrite } from '../access/access'
import { clientAssign, clientAssignedSize } from '../connection/client_identifier'
import { clockUpdate } from '../clock'
import { connackSet, sendConnack } from '../connection/connack'
import { connectionsSettle } from '../connection/connection'
import {
  CLIENTS_MAXIMUM, CONNECTS_RECEIVED, FULL_CONNECTIONS, FULL_MESSAGES, FULL_SESSIONS, count, counters,
} from '../counters'
import { LOG_CLIENT, LOG_CONNECTED } from '../log_code'
import { queuePump, queueResume } from './queue'
import { retainedPump } from '../publish/retained'
import { EXPIRY_NEVER, sessionEnd, sessionsMakeRoom } from './session'
import {
  SETTING_EMPTY_CLIENT, SETTING_KEEP_ALIVE, SETTING_RETAIN_AVAILABLE, SETTING_SESSION_EXPIRY,
  payloadIsTooLarge, settings,
} from '../settings'
import { willStore } from './will'
import type { Offset, Session, Slot } from '../../kinds'

// Where the Client Identifier lies, the client's own or an assigned one.
let clientStart: Offset = 0
let clientSize = 0
/** Whether there was a session to resume. */
let isPresent = false

// The User Name of the client: its own, or the one that the port gives it instead; NONE: it has none.
let userStart: Offset = 0
let userSize = NONE
/** Whether it is the port's, which lies in the pool: until the session has it others are sent packets. */
let isNamed = false

/**
 * Gives the client that the port is judging a User Name; call it from within portAuthenticate, or right before
 * brokerAuthenticated. At most 65,535 bytes of UTF-8. False: there is no room for it, and the client must be refused.
 */
export function userNameSet(bytes: Uint8Array): boolean {
  userNameForget()
  const start = poolAllocate(bytes.length, 0)
  isNamed = start >= 0
  if (!isNamed) return false
  userStart = start
  userSize = bytes.length
  portCopyIn(bytes, 0, userStart, userSize)
  return true
}

/** Forgets the name that userNameSet gave: the client is in, or refused. */
export function userNameForget(): void {
  if (PORT_NAMES_CLIENTS && isNamed) poolFree(userStart, userSize)
  if (PORT_NAMES_CLIENTS) isNamed = false
  userSize = NONE
}

/** Opens the session of the CONNECT in hand. Answers SUCCESS, or the Reason Code to refuse the client with. */
export function sessionOpen(slot: Slot): number {
  const answer = open(slot)
  if (FEATURE_ACCESS) userNameForget()
  return answer
}

function open(slot: Slot): number {
  const isAssigned = !connectClientSize
  // [MQTT-3.1.3-8]
  if (isAssigned && !clientMayBeEmpty() || FEATURE_MORE_SETTINGS && isTooSilent()) return CLIENT_IDENTIFIER_NOT_VALID
  clientStart = isAssigned ? clientAssign(slot) : connectClientStart
  clientSize = isAssigned ? clientAssignedSize() : connectClientSize
  if (FEATURE_ACCESS && userSize < 0) {
    userStart = connectUserStart
    userSize = connectUserSize
  }
  // Storing the Will reads its properties over those of the CONNECT: what is wanted of these is taken first.
  takeTerms(slot, isAssigned)
  const session = sessionTake(slot)
  if (session < 0) {
    count(isFull() ? FULL_CONNECTIONS : FULL_SESSIONS)
    return QUOTA_EXCEEDED
  }
  const refusal = prepare(slot, session)
  if (refusal) {
    if (SESSIONS_EXPIRE && isPresent) sessionExpiresAt[session] = clockUpdate() + sessionExpiry[session] * 1_000
    else sessionEnd(session)
    return refusal
  }
  sessionExpiry[session] = expiryGranted
  if (FEATURE_RECORDS) sessionRecordWrite(session, false)
  connectionSession[slot] = session
  connectionState[slot] = CONNECTED
  sessionSlot[session] = slot
  if (FEATURE_SYS_LOADS) count(CONNECTS_RECEIVED)
  if (FEATURE_SYS_TRAFFIC) counters[CLIENTS_MAXIMUM] = Math.max(counters[CLIENTS_MAXIMUM], connectionCount)
  if (FEATURE_LOG) {
    portLog(LOG_CLIENT, sessionClientStart[session], sessionClientSize[session])
    portLog(LOG_CONNECTED, slot, connectVersion)
  }
  sendConnack(slot, session, isPresent)
  // Nothing goes before it: not to a client that does not take it either. [MQTT-3.2.0-1]
  if (FEATURE_QOS2 && connectionState[slot] === CONNECTED) queueResume(session, slot)
  queuePump(session)
  retainedPump(session)
  return SUCCESS
}

/** 5.0, or 3.1.1 with Clean Session, where the server allows it at all. */
function clientMayBeEmpty(): boolean {
  if (!FEATURE_MQTT5) return connectCleanStart && connectVersion > 3
  return connectVersion > 3 && settings[SETTING_EMPTY_CLIENT] > 0 && (connectVersion > 4 || connectCleanStart)
}

/**
 * A Keep Alive that the server does not allow, of a client that can't be told of another one. 3.1.1 has no code for it:
 * 0x02 is mosquitto's answer.
 */
function isTooSilent(): boolean {
  const most = settings[SETTING_KEEP_ALIVE]
  return connectVersion < 5 && most > 0 && (!connectKeepAlive || connectKeepAlive > most)
}

let expiryGranted = 0

/** What the client and the server agree on for the connection. */
function takeTerms(slot: Slot, isAssigned: boolean): void {
  const isNew = FEATURE_MQTT5 && connectVersion > 4
  const expiry = isNew ? propertyNumber(SESSION_EXPIRY_INTERVAL, 0) : connectCleanStart ? 0 : EXPIRY_NEVER
  expiryGranted = SESSIONS_EXPIRE ? Math.min(expiry, settings[SETTING_SESSION_EXPIRY]) : expiry
  const keepAliveMax = settings[SETTING_KEEP_ALIVE]
  const isShortened = isNew && keepAliveMax > 0 && (!connectKeepAlive || connectKeepAlive > keepAliveMax)
  const keepAlive = isShortened ? keepAliveMax : connectKeepAlive
  connectionSilenceMs[slot] = keepAlive * 1_500 // [MQTT-3.1.2-22] [MQTT-3.2.2-22]
  if (!FEATURE_MQTT5) return
  connectionReceiveMax[slot] = 65_535
  onConnect(slot, isNew)
  if (!isNew) return
  connectionReceiveMax[slot] = propertyNumber(RECEIVE_MAXIMUM, 65_535)
  connackSet(
    expiryGranted === expiry ? NONE : expiryGranted, isShortened ? keepAlive : NONE, isAssigned,
    FEATURE_RESPONSE_INFORMATION && propertyNumber(REQUEST_RESPONSE_INFORMATION, 0) > 0,
  )
}

/** The connection in hand is one too many: it has its slot only to be told. */
function isFull(): boolean {
  return connectionCount > CONNECTIONS_MAX
}

/**
 * The session to go on with: the old one, taken over and kept, or a new one. NONE: there is no room. Whoever takes over
 * his own connection needs none: the one that stands may be half-open, and its client comes back.
 */
function sessionTake(slot: Slot): Session {
  let session = sessionFind(clientStart, clientSize)
  if (session >= 0 && sessionSlot[session] >= 0) {
    connectionClose(sessionSlot[session], SESSION_TAKEN_OVER) // [MQTT-3.1.4-3]
    connectionsSettle()
    session = sessionFind(clientStart, clientSize)
  }
  if (isFull()) return NONE
  isPresent = session >= 0 && !connectCleanStart && (!SESSIONS_EXPIRE || sessionExpiresAt[session] > clockUpdate())
  if (isPresent) return session
  if (session >= 0) sessionEnd(session) // [MQTT-3.1.2-4]
  session = sessionAdd(clientStart, clientSize, userStart, userSize)
  if (session >= 0 || !sessionsMakeRoom(FEATURE_ACCESS && userSize >= 0)) return session
  // Whoever made room may have had a Will: the pack area has its packets now.
  if (!connectClientSize) clientStart = clientAssign(slot)
  return sessionAdd(clientStart, clientSize, userStart, userSize)
}

/** Gives the session its user and its Will. Answers SUCCESS, or a Reason Code: it is its former user's again. */
function prepare(slot: Slot, session: Session): number {
  // What is kept of a session that is there stays where there is no room: its client comes to make some.
  if (FEATURE_RECORDS && expiryGranted && !isPresent && !sessionRecordHasRoom(clientSize, userSize)) {
    return QUOTA_EXCEEDED
  }
  const identity = sessionClientStart[session]
  const size = FEATURE_ACCESS ? sessionUserSize[session] : NONE
  if (FEATURE_ACCESS && isPresent && !sessionUserChange(session, userStart, userSize)) return QUOTA_EXCEEDED
  if (FEATURE_LISTENER_TERMS) sessionAccessList[session] = connectionAccessList[slot]
  const refusal = prepareWill(slot, session)
  if (FEATURE_ACCESS) sessionUserSettle(session, identity, size, refusal > 0)
  if ((FEATURE_ACCESS || FEATURE_LANE) && isPresent) routesChanged()
  return refusal
}

function prepareWill(slot: Slot, session: Session): number {
  // What is under $SYS is the broker's alone, and a bridge's where it says how it is with itself. One that may not, as
  // one of mosquitto to a broker with rules, must come in nevertheless.
  const hasWill = FEATURE_WILL && connectHasWill
    && !(FEATURE_SYS && isSysTopic(connectWillTopicStart, connectWillTopicSize)
      && !(FEATURE_BRIDGED && mayTellOfItself(slot, session)))
  // [MQTT-3.2.2-12] [MQTT-3.2.2-13]
  if (FEATURE_LISTENER_TERMS && hasWill && connectWillQos > connectionQosMax[slot]) return QOS_NOT_SUPPORTED
  if (FEATURE_MORE_SETTINGS && hasWill && connectWillRetain && !settings[SETTING_RETAIN_AVAILABLE]) {
    return RETAIN_NOT_SUPPORTED
  }
  // 3.1.1 has no code for it: mosquitto's answer.
  if (FEATURE_MORE_SETTINGS && hasWill && payloadIsTooLarge(connectWillPayloadSize)) {
    return connectVersion < 5 ? NOT_AUTHORIZED : PACKET_TOO_LARGE
  }
  if (hasWill && !accessWrite(slot, session, connectWillTopicStart, connectWillTopicSize)) return NOT_AUTHORIZED
  if (!FEATURE_WILL || willStore(session, connectVersion, hasWill)) return SUCCESS
  count(FULL_MESSAGES)
  return QUOTA_EXCEEDED
}

/** Whether the Will is the state of a bridge, and its own. */
function mayTellOfItself(slot: Slot, session: Session): boolean {
  return isOwnState(session, connectWillTopicStart, connectWillTopicSize)
    && accessWrite(slot, session, connectWillTopicStart, connectWillTopicSize)
}
