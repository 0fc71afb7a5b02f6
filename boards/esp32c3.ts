// An ESP32-C3: 4,095 variables of 13 bytes at the most, for code objects, tables and queues together.
export * from './esp32'

export const RAM_SIZE_MAX = 20_000
export const CONNECTIONS_MAX = 7
export const RX_RING_SIZE = 256
export const SESSIONS_MAX = 12
export const SUBSCRIPTIONS_MAX = 80
export const RETAINED_MAX = 32
export const POOL_BLOCKS_MAX = 560
export const MESSAGES_MAX = 104
export const QUEUE_ROWS_MAX = 80
export const ACCESS_RULES_MAX = 16
