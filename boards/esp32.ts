// An ESP32 with Espruino: 5.0 and 3.1.1 with everything that a home's devices use. What is off is announced as not
// available in CONNACK, or needs no announcement.
export * from './defaults'

/** Nine sockets, as the firmware has ten and the listener takes one, and the owner's own code. */
export const CONNECTIONS_MAX = 10
/** The largest CONNECT; longer PUBLISH and SUBSCRIBE packets are handled as they come. */
export const RX_RING_SIZE = 384
/** Ten rings would be 3,840 bytes; seldom more than one of them has a packet that is not complete. */
export const RX_ONE = true
export const POOL_BLOCK_SIZE = 16
/** Enough for nine to connect while messages take the rest. */
export const POOL_BLOCKS_RESERVED = 32
/**
 * 200 filters of 32 bytes 400, 64 retained messages of 33 to 48 bytes with their topics 192, 64 queued ones of 49 to 64
 * bytes 256, identifiers of 13 sessions 13, reserved 32, and three more.
 */
export const POOL_BLOCKS_MAX = 896
export const FEATURE_MQTT31 = false
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
