// An ESP32 with Espruino: 5.0 and 3.1.1 with everything that a home's devices use. What is off is announced as not
// available in CONNACK, or needs no announcement.
export * from './defaults'

export const HOME_VARIABLES_MAX = 2_600

/** Nine sockets, as the firmware has ten and the listener takes one, and the owner's own code. */
export const CONNECTIONS_MAX = 10
/**
 * What the firmware hands on at once, 536 bytes, and the beginning of a filter: a SUBSCRIBE that comes in pieces is
 * taken a chunk at a time. Longer PUBLISH and SUBSCRIBE packets are handled as they come.
 */
export const RX_RING_SIZE = 592
export const TOPIC_BYTES_MAX = 384
/** Ten rings would be 3,840 bytes; seldom more than one of them has a packet that is not complete. */
export const RX_ONE = true
/** With records: the places of these are its size. */
export const POOL_BLOCK_SIZE = 16
/** Enough for nine to connect while messages take the rest, where none can lie in records. */
export const POOL_BLOCKS_RESERVED = 32
/**
 * Messages and filters lie in records. In memory are identifiers of 16 sessions, packets that are not complete, filters
 * of sessions that do not last, as far as they fit, and values at QoS 0 that wait to be written.
 */
export const POOL_BLOCKS_MAX = 232
/** What is acknowledged outlives the power, in midge.db of Storage: src/port/espruino/records. */
export const FEATURE_RECORDS = true
export const RECORDS_MAPPED = true
/** A board has some 2,500 to 4,700 variables free, by its firmware and by what of it is on. */
export const TABLES_FIT = true
export const VARIABLES_LEAST = 2_500
export const VARIABLES_MOST = 4_300
/** Ten bytes each, and the filter in its record. */
export const SUBSCRIPTIONS_MAX = 1_000
export const SUBSCRIPTIONS_LEAST = 40
export const ROUTE_TARGETS_MAX = 1_000
/** Four bytes each. */
export const RETAINED_MAX = 600
export const RETAINED_LEAST = 40
/** Ten bytes each; half of them for one session. */
export const QUEUE_ROWS_MAX = 256
export const QUEUE_ROWS_LEAST = 24
export const QUEUE_MAX = 128
export const POOL_BLOCKS_LEAST = 144
/** A broker that forgets nothing is more program: see docs/inside.md. What few boards need is an extension. */
export const BUNDLE_SIZE_MAX = 46_080
export const FEATURE_MQTT31 = false
export const FEATURE_BRIDGE_LEVEL = true
export const FEATURE_BRIDGE = true
export const FEATURE_INDEX = false
export const FEATURE_LANE = true
export const FEATURE_BOARD_SERVICES = true
export const FEATURE_SHARED_SUBSCRIPTION = false
export const FEATURE_SUBSCRIPTION_IDENTIFIER = false
export const FEATURE_RESPONSE_INFORMATION = false
export const FEATURE_TOPIC_ALIAS = false
export const FEATURE_ENHANCED_AUTHENTICATION = false
export const FEATURE_LATE_ANSWER = false
export const FEATURE_SYS_RETAINED = false
export const FEATURE_SYS_TRAFFIC = false
/** A device list of Zigbee2MQTT has 120 KB. */
export const PACKET_SIZE_MAX = 140_000
