// CONNACK, as a client reads it: whether it is let in, and what the broker can do. [MQTT 5.0 section 3.2]
import {
  ASSIGNED_CLIENT_IDENTIFIER, AUTHENTICATION_DATA, BROKER_NAME_PROPERTY, MAXIMUM_PACKET_SIZE, MAXIMUM_QOS,
  REASON_STRING, RECEIVE_MAXIMUM, RETAIN_AVAILABLE, SERVER_KEEP_ALIVE, SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
  TOPIC_ALIAS_MAXIMUM, USER_PROPERTY, WILDCARD_SUBSCRIPTION_AVAILABLE,
} from '../codec/property_identifier'
import {
  BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, FAILURE, NOT_AUTHORIZED, SERVER_UNAVAILABLE,
  UNSUPPORTED_PROTOCOL_VERSION,
} from '../codec/reason_code'
import type { ProtocolVersion } from './connect_packet'
import { FieldReader } from './field_reader'

/** What holds for a connection; of 3.1.1, and where nothing is said, the standard's defaults. */
export interface Connack {
  /** A Reason Code of 5.0, also for the return codes of 3.1.1; 0: let in. */
  reasonCode: number
  /** Why, in the broker's words; '' where it has none. */
  reason: string
  isSessionPresent: boolean
  receiveMaximum: number
  /** Bytes of the largest packet that the broker takes. */
  packetSizeMax: number
  maximumQos: number
  isRetainAvailable: boolean
  hasWildcards: boolean
  hasSubscriptionIdentifiers: boolean
  topicAliasMax: number
  /** Seconds, where the client must use it in the place of its own. [MQTT-3.2.2-21] */
  serverKeepAlive: number | undefined
  clientIdentifier: string | undefined
  /** What the broker is called in the paths of messages; '': it has not said so. */
  brokerName: string
  /** The end of an enhanced authentication. */
  authenticationData: string
}

/** The Reason Codes for the return codes of 3.1.1 from 1 on. [MQTT 3.1.1 table 3.1] */
const REASONS = [
  UNSUPPORTED_PROTOCOL_VERSION, CLIENT_IDENTIFIER_NOT_VALID, SERVER_UNAVAILABLE, BAD_USER_NAME_OR_PASSWORD,
  NOT_AUTHORIZED,
]

/** `body` is what stands behind the Remaining Length; `version` is that of the CONNECT. */
export function connackRead(body: Buffer, version: ProtocolVersion): Connack {
  const connack: Connack = {
    reasonCode: body[1] ?? FAILURE, reason: '', isSessionPresent: (body[0] & 1) === 1, receiveMaximum: 65_535,
    packetSizeMax: Infinity, maximumQos: 2, isRetainAvailable: true, hasWildcards: true,
    hasSubscriptionIdentifiers: version === 5, topicAliasMax: 0, serverKeepAlive: undefined,
    clientIdentifier: undefined, brokerName: '', authenticationData: '',
  }
  // Who does not know 5.0 answers it in its own words.
  const isOld = version < 5 || connack.reasonCode > 0 && connack.reasonCode < FAILURE
  if (isOld && connack.reasonCode) connack.reasonCode = REASONS[connack.reasonCode - 1] ?? FAILURE
  if (isOld) return connack
  const takeText = (identifier: number, text: string, value: string): void => {
    if (identifier === REASON_STRING) connack.reason = text
    else if (identifier === ASSIGNED_CLIENT_IDENTIFIER) connack.clientIdentifier = text
    else if (identifier === AUTHENTICATION_DATA) connack.authenticationData = text
    else if (identifier === USER_PROPERTY && text === BROKER_NAME_PROPERTY) connack.brokerName = value
  }
  new FieldReader(body, 2).properties((identifier, value) => takeNumber(connack, identifier, value), takeText)
  return connack
}

function takeNumber(connack: Connack, identifier: number, value: number): void {
  if (identifier === RECEIVE_MAXIMUM) connack.receiveMaximum = value
  else if (identifier === MAXIMUM_PACKET_SIZE) connack.packetSizeMax = value
  else if (identifier === MAXIMUM_QOS) connack.maximumQos = value
  else if (identifier === RETAIN_AVAILABLE) connack.isRetainAvailable = value === 1
  else if (identifier === WILDCARD_SUBSCRIPTION_AVAILABLE) connack.hasWildcards = value === 1
  else if (identifier === SUBSCRIPTION_IDENTIFIERS_AVAILABLE) connack.hasSubscriptionIdentifiers = value === 1
  else if (identifier === TOPIC_ALIAS_MAXIMUM) connack.topicAliasMax = value
  else if (identifier === SERVER_KEEP_ALIVE) connack.serverKeepAlive = value
}
