// An ESP32-C3: 4,095 variables of 13 bytes at the most, for code objects, tables and queues together.
export * from './esp32'

export const RAM_SIZE_MAX = 28_000
export const CONNECTIONS_MAX = 8
export const SUBSCRIPTIONS_MAX = 120
export const RETAINED_MAX = 40
export const POOL_BLOCKS_MAX = 384
export const MESSAGES_MAX = 96
