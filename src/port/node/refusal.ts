// Reason Codes with which a program may refuse a client. What else it says is no answer, and lets nobody in.
import {
  BAD_AUTHENTICATION_METHOD, BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, NOT_AUTHORIZED, UNSPECIFIED_ERROR,
  UNSUPPORTED_PROTOCOL_VERSION,
} from '../../codec/reason_code'

const SERVER_UNAVAILABLE = 0x88
const BANNED = 0x8a

/** Those of CONNACK. [MQTT 5.0 table 3-1] */
const REFUSALS: unknown[] = [
  UNSPECIFIED_ERROR, 0x81, 0x82, 0x83, UNSUPPORTED_PROTOCOL_VERSION, CLIENT_IDENTIFIER_NOT_VALID,
  BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, SERVER_UNAVAILABLE, 0x89, BANNED, BAD_AUTHENTICATION_METHOD, 0x90, 0x95,
  0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
]
/** Of these the ones that DISCONNECT has not, with which a client ends that proves again who it is. [table 3-10] */
const NOT_IN_DISCONNECT = [
  UNSUPPORTED_PROTOCOL_VERSION, CLIENT_IDENTIFIER_NOT_VALID, BAD_USER_NAME_OR_PASSWORD, SERVER_UNAVAILABLE, BANNED,
  BAD_AUTHENTICATION_METHOD,
]

/** The Reason Code to refuse a client with that has its CONNACK, or has it not, where the program said `answer`. */
export function refusalOf(answer: unknown, isConnected: boolean): number {
  if (!REFUSALS.includes(answer)) return UNSPECIFIED_ERROR
  const reasonCode = answer as number
  return isConnected && NOT_IN_DISCONNECT.includes(reasonCode) ? NOT_AUTHORIZED : reasonCode
}
