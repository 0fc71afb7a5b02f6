// A computer: large limits that the tables grow towards.
export * from './defaults'

export const RUNTIME = 'node'
export const ASSERTIONS = true
export const FEATURE_REASON_STRING = true
export const ECMA_VERSION = 2020
export const BUNDLE_SIZE_MAX = 120_000
export const RAM_SIZE_MAX = 16_000_000
export const TABLES_GROW = true
export const TABLES_GROW_DIVISOR = 1_024
export const FEATURE_STREAM = false
export const FEATURE_AUTHORIZE = true
export const CONNECTIONS_MAX = 131_072
export const RX_SHARED = true
export const RX_RING_SIZE = 65_536
export const PACKET_SIZE_MAX = 4_194_304
export const TX_CREDIT_SIZE = 1_048_576
export const TOPIC_ALIAS_MAX = 16
export const SESSIONS_MAX = 262_144
export const CLIENT_IDENTIFIER_SIZE_MAX = 65_535
export const INFLIGHT_MAX = 256
export const QUEUE_MAX = 1_000
export const QUEUE_ROWS_MAX = 16_777_216
export const RECEIVE_MAX = 256
export const SUBSCRIPTIONS_MAX = 4_194_304
export const FILTER_SHAPES_MAX = 1_024
export const FILTERS_PER_PACKET_MAX = 16_384
export const POOL_BLOCK_SIZE = 64
export const POOL_BLOCKS_MAX = 16_777_216
export const POOL_BLOCKS_RESERVED = 4_096
export const MESSAGES_MAX = 8_388_608
export const RETAINED_MAX = 4_194_304
export const ROUTES_MAX = 65_536
export const ROUTE_TARGETS_MAX = 4_194_304
export const ROUTE_TOPICS_SIZE = 8_388_608
export const ACCESS_RULES_MAX = 65_536
