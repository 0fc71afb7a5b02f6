// MQTT 3.1.1 with QoS 0 and 1 and nothing else: what a broker costs at the least.
export * from './defaults'

export const BUNDLE_SIZE_MAX = 8_192
export const RAM_SIZE_MAX = 24_000
export const FEATURE_MQTT5 = false
export const FEATURE_QOS2 = false
export const FEATURE_MQTT31 = false
export const FEATURE_RETAINED = false
export const FEATURE_WILL = false
export const FEATURE_INDEX = false
export const FEATURE_HASH = false
export const FEATURE_SUBSCRIPTION_IDENTIFIER = false
export const FEATURE_RESPONSE_INFORMATION = false
export const FEATURE_LOG = false
export const FEATURE_SETTINGS = false
export const FEATURE_WAIT = false
export const FEATURE_SHARED_SUBSCRIPTION = false
export const FEATURE_TOPIC_ALIAS = false
export const FEATURE_ENHANCED_AUTHENTICATION = false
export const FEATURE_ACCESS = false
export const FEATURE_LATE_ANSWER = false
export const FEATURE_SYS = false
export const FEATURE_SYS_RETAINED = false
export const FEATURE_SYS_TRAFFIC = false
export const FEATURE_STREAM = false
export const CONNECTIONS_MAX = 9
export const SUBSCRIPTIONS_MAX = 64
export const PACKET_SIZE_MAX = 512
export const POOL_BLOCKS_MAX = 256
