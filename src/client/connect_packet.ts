// CONNECT, as a client sends it in each version. [MQTT 5.0 section 3.1] [MQTT 3.1.1 section 3.1]
import { CONNECT } from '../codec/packet_type'
import {
  AUTHENTICATION_DATA, AUTHENTICATION_METHOD, MAXIMUM_PACKET_SIZE, RECEIVE_MAXIMUM, SESSION_EXPIRY_INTERVAL,
} from '../codec/property_identifier'
import type { ClientAuthentication } from './authentication'
import { block, field, fourBytes, noProperties, nothing, packet, twoBytes } from './packet_bytes'

/** The number that CONNECT has for a version: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5

/** What is published for the client when its connection ends without a DISCONNECT. */
export interface WillMessage {
  topic: string
  payload: string
  qos: number
  retain: boolean
}

export interface ConnectTerms {
  version: ProtocolVersion
  /**
   * Says by the highest bit of the level that a bridge connects: brokers that know this, mosquitto first, do not send
   * it what it has published and leave the RETAIN flag as it was. Others refuse the level. Not in 5.0.
   */
  isBridge: boolean
  clientIdentifier: string
  userName?: string
  /** Only with a User Name. [MQTT-3.1.2-22] */
  password?: string
  /** Clean Start, or Clean Session. */
  isClean: boolean
  /** Seconds; 0: none. */
  keepAlive: number
  will?: WillMessage
  // The rest is 5.0's alone.
  /** Seconds that the session outlives the connection; 0xFFFFFFFF: for ever. */
  sessionExpiry: number
  receiveMaximum: number
  /** Bytes of the largest packet that the client takes. */
  packetSizeMax: number
  /** How the client proves who it is, in the place of User Name and password. */
  authentication?: ClientAuthentication
}

const BRIDGE = 0x80
const CLEAN = 2
const WILL = 4
const WILL_RETAIN = 0x20
const PASSWORD = 0x40
const USER_NAME = 0x80

function flagsOf({ isClean, will, userName, password }: ConnectTerms): number {
  let flags = isClean ? CLEAN : 0
  if (will) flags |= WILL | will.qos << 3 | (will.retain ? WILL_RETAIN : 0)
  if (userName !== undefined) flags |= USER_NAME | (password === undefined ? 0 : PASSWORD)
  return flags
}

function propertiesOf({ sessionExpiry, receiveMaximum, packetSizeMax, authentication }: ConnectTerms): Buffer {
  return block(Buffer.concat([
    Buffer.from([SESSION_EXPIRY_INTERVAL]), fourBytes(sessionExpiry),
    Buffer.from([RECEIVE_MAXIMUM]), twoBytes(receiveMaximum),
    Buffer.from([MAXIMUM_PACKET_SIZE]), fourBytes(packetSizeMax),
    authentication ? authenticationProperties(authentication.method, authentication.opening) : nothing,
  ]))
}

/** Authentication Method and Data, as CONNECT and AUTH have them. */
export const authenticationProperties = (method: string, data: string): Buffer => Buffer.concat([
  Buffer.from([AUTHENTICATION_METHOD]), field(method), Buffer.from([AUTHENTICATION_DATA]), field(data),
])

export function connectPacketOf(terms: ConnectTerms): Buffer {
  const { version, isBridge, clientIdentifier, will, userName, password, keepAlive } = terms
  const parts: Uint8Array[] = [
    field(version === 3 ? 'MQIsdp' : 'MQTT'),
    Buffer.from([isBridge && version < 5 ? version | BRIDGE : version, flagsOf(terms)]),
    twoBytes(keepAlive),
  ]
  if (version === 5) parts.push(propertiesOf(terms))
  parts.push(field(clientIdentifier))
  if (will && version === 5) parts.push(noProperties)
  if (will) parts.push(field(will.topic), field(will.payload))
  if (userName !== undefined) parts.push(field(userName))
  if (userName !== undefined && password !== undefined) parts.push(field(password))
  return packet(CONNECT << 4, ...parts)
}
