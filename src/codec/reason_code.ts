// The Reason Codes of MQTT 5.0 that a server sends or judges by (section 2.4). They serve 3.1.1 inside the
// core too; the edge maps them to what 3.1.1 has.

export const SUCCESS = 0x00
export const NO_MATCHING_SUBSCRIBERS = 0x10
export const NO_SUBSCRIPTION_EXISTED = 0x11
export const CONTINUE_AUTHENTICATION = 0x18
export const REAUTHENTICATE = 0x19
/** A Reason Code from this one on says that something failed. */
export const FAILURE = 0x80
export const UNSPECIFIED_ERROR = 0x80
export const MALFORMED_PACKET = 0x81
export const PROTOCOL_ERROR = 0x82
export const IMPLEMENTATION_SPECIFIC_ERROR = 0x83
export const UNSUPPORTED_PROTOCOL_VERSION = 0x84
export const CLIENT_IDENTIFIER_NOT_VALID = 0x85
export const BAD_USER_NAME_OR_PASSWORD = 0x86
export const NOT_AUTHORIZED = 0x87
export const SERVER_UNAVAILABLE = 0x88
export const SERVER_SHUTTING_DOWN = 0x8b
export const BAD_AUTHENTICATION_METHOD = 0x8c
export const KEEP_ALIVE_TIMEOUT = 0x8d
export const SESSION_TAKEN_OVER = 0x8e
export const TOPIC_FILTER_INVALID = 0x8f
export const TOPIC_NAME_INVALID = 0x90
export const PACKET_IDENTIFIER_NOT_FOUND = 0x92
export const RECEIVE_MAXIMUM_EXCEEDED = 0x93
export const TOPIC_ALIAS_INVALID = 0x94
export const PACKET_TOO_LARGE = 0x95
export const QUOTA_EXCEEDED = 0x97
export const PAYLOAD_FORMAT_INVALID = 0x99
export const RETAIN_NOT_SUPPORTED = 0x9a
export const QOS_NOT_SUPPORTED = 0x9b
export const USE_ANOTHER_SERVER = 0x9c
export const SHARED_SUBSCRIPTIONS_NOT_SUPPORTED = 0x9e
export const SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED = 0xa1

/** The connection ends without a word: the network is gone, or the client broke off before it was anybody. */
export const NO_REASON = 0x100

/** Every queue that should have taken a message was full: 0x97 to a 5.0 publisher, and never a reason to wait. */
export const QUEUES_FULL = 0x197

/** The CONNACK return code of 3.1.1 for a Reason Code. [MQTT 3.1.1 table 3.1] */
export function connackReturnCode(reasonCode: number): number {
  // 1 and 2 are the first two of these, 4 and 5 the others; 3 stands for everything else.
  if (reasonCode < UNSUPPORTED_PROTOCOL_VERSION || reasonCode > NOT_AUTHORIZED) return 3
  return reasonCode - UNSUPPORTED_PROTOCOL_VERSION + (reasonCode > CLIENT_IDENTIFIER_NOT_VALID ? 2 : 1)
}
