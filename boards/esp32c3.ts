// An ESP32-C3: 4,095 variables of 13 bytes at the most, for code objects, tables and queues together.
export * from './esp32'

export const RAM_SIZE_MAX = 20_000
export const HOME_VARIABLES_MAX = 2_400
export const CONNECTIONS_MAX = 7
export const RX_RING_SIZE = 256
export const SESSIONS_MAX = 12
export const SUBSCRIPTIONS_MAX = 80
export const ROUTE_TARGETS_MAX = 80
export const RETAINED_MAX = 32
/**
 * In blocks of 16 bytes: 80 filters of 32 bytes 160, 32 retained messages 96, 64 queued ones 256, identifiers of 12
 * sessions 12, reserved 64, and four more.
 */
export const POOL_BLOCKS_MAX = 592
/** Enough to connect, and for the Reason Codes of a SUBSCRIBE of 512 filters beside half a packet. */
export const POOL_BLOCKS_RESERVED = 64
export const MESSAGES_MAX = 104
export const QUEUE_MAX = 64
export const QUEUE_ROWS_MAX = 80
export const ACCESS_RULES_MAX = 16
/** It has no room for what keeps records: a restart forgets everything. */
export const FEATURE_RECORDS = false
export const TABLES_FIT = false
export const RECORDS_MAPPED = false
export const FEATURE_BRIDGE_LEVEL = false
export const FEATURE_BRIDGE = false
export const PACKET_SIZE_MAX = 65_535
export const BUNDLE_SIZE_MAX = 27_136
