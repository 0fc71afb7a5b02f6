// The identifiers of the properties of MQTT 5.0 that the broker or a port knows. [MQTT 5.0 table 2-4]

export const PAYLOAD_FORMAT_INDICATOR = 1
export const MESSAGE_EXPIRY_INTERVAL = 2
export const CONTENT_TYPE = 3
export const RESPONSE_TOPIC = 8
export const CORRELATION_DATA = 9
export const SUBSCRIPTION_IDENTIFIER = 11
export const SESSION_EXPIRY_INTERVAL = 17
export const ASSIGNED_CLIENT_IDENTIFIER = 18
export const SERVER_KEEP_ALIVE = 19
export const AUTHENTICATION_METHOD = 21
export const AUTHENTICATION_DATA = 22
export const REQUEST_PROBLEM_INFORMATION = 23
export const WILL_DELAY_INTERVAL = 24
export const REQUEST_RESPONSE_INFORMATION = 25
export const RESPONSE_INFORMATION = 26
export const SERVER_REFERENCE = 28
export const REASON_STRING = 31
export const RECEIVE_MAXIMUM = 33
export const TOPIC_ALIAS_MAXIMUM = 34
export const TOPIC_ALIAS = 35
export const MAXIMUM_QOS = 36
export const RETAIN_AVAILABLE = 37
export const USER_PROPERTY = 38
/** The User Property by which a broker says what it is called in the paths of messages that bridges carry. */
export const BROKER_NAME_PROPERTY = 'bridge-broker'
export const MAXIMUM_PACKET_SIZE = 39
export const WILDCARD_SUBSCRIPTION_AVAILABLE = 40
export const SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 41
export const SHARED_SUBSCRIPTION_AVAILABLE = 42
