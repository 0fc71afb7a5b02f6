// Limits so small that the tests reach every one of them.
export * from './defaults'

export const ASSERTIONS = true
export const FEATURE_REASON_STRING = true
export const FEATURE_RECORDS = true
export const CONNECTIONS_MAX = 6
export const RX_RING_SIZE = 128
export const PACKET_SIZE_MAX = 40_000
export const TX_CREDIT_SIZE = 256
export const TOPIC_ALIAS_MAX = 3
export const SESSIONS_MAX = 8
export const CLIENT_IDENTIFIER_SIZE_MAX = 32
export const INFLIGHT_MAX = 4
export const QUEUE_MAX = 8
export const QUEUE_ROWS_MAX = 24
export const RECEIVE_MAX = 3
export const SUBSCRIPTIONS_MAX = 24
export const FILTER_SHAPES_MAX = 6
export const FILTER_SHAPES_CLIENT_MAX = 4
export const FILTERS_WALKED_MAX = 12
export const FILTERS_WALKED_CLIENT_MAX = 8
export const POOL_BLOCKS_MAX = 128
export const POOL_BLOCKS_RESERVED = 48
export const MESSAGES_MAX = 24
export const RETAINED_MAX = 8
export const ROUTES_MAX = 4
export const ROUTE_TARGETS_MAX = 24
export const ROUTE_TOPICS_SIZE = 128
export const ACCESS_RULES_MAX = 8
