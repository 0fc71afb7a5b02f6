// What an owner may set below the board's limits, by the names of mosquitto.conf. Set before the first connection, or
// at any time: what it touches next goes by it.
import {
  CONNECT_TIMEOUT_MS, FEATURE_MORE_SETTINGS, FEATURE_SETTINGS, INFLIGHT_MAX, KEEP_ALIVE_MAX, PACKET_SIZE_MAX,
  QUEUE_ROOM, RECEIVE_ROOM, SESSION_EXPIRY_MAX, SYS_INTERVAL_DEFAULT, TOPIC_ALIAS_MAX,
} from '../limits'

/** max_inflight_messages: QoS 1 and 2 messages on their way to one client. */
export const SETTING_INFLIGHT = 0
/** max_queued_messages: QoS 1 and 2 messages kept for one session. */
export const SETTING_QUEUE = 1
/** max_packet_size: bytes of the largest packet that is accepted. */
export const SETTING_PACKET_SIZE = 2
/** max_keepalive: seconds; 0: no limit. */
export const SETTING_KEEP_ALIVE = 3
/** persistent_client_expiration: seconds; 0xFFFFFFFF: sessions may be for ever. */
export const SETTING_SESSION_EXPIRY = 4
/** sys_interval: seconds; 0: never. */
export const SETTING_SYS_INTERVAL = 5
/** max_topic_alias_broker: Topic Aliases towards a client. */
export const SETTING_TOPIC_ALIAS = 6
/** Our Receive Maximum. */
export const SETTING_RECEIVE_MAXIMUM = 7
/** Milliseconds until CONNECT must have come. */
export const SETTING_CONNECT_TIMEOUT = 8
/** allow_zero_length_clientid: 1 or 0. */
export const SETTING_EMPTY_CLIENT = 9
/** 1: portAuthorize is asked. */
export const SETTING_AUTHORIZE = 10

// With FEATURE_MORE_SETTINGS.
/** retain_available: 1 or 0. */
export const SETTING_RETAIN_AVAILABLE = 11
/** queue_qos0_messages: 1 or 0. */
export const SETTING_QUEUE_QOS0 = 12
/** max_queued_bytes: bytes of payload that a session's queue may have before the last one; 0: no limit. */
export const SETTING_QUEUE_BYTES = 13
/** max_inflight_bytes: bytes of payload on their way to one client before the last one; 0: no limit. */
export const SETTING_INFLIGHT_BYTES = 14
/** allow_duplicate_messages: 1: a copy for each subscription that matches, 0: one for each client. */
export const SETTING_DUPLICATES = 15
/** 1: what clients publish under $CONTROL/ is the port's, and nobody else's. */
export const SETTING_CONTROL = 16
/** max_topic_alias: Topic Aliases that a client may give. */
export const SETTING_TOPIC_ALIAS_TAKEN = 17
/** message_size_limit: bytes of the largest payload that is published; 0: no limit. */
export const SETTING_PAYLOAD_SIZE = 18
/** 1: what is retained is sent while its publisher may write it. */
export const SETTING_RETAIN_SOURCE = 19
/** 1: the port is asked what it has against payloads. */
export const SETTING_PAYLOADS = 20

/** By the constants above. */
export const settings = new Float64Array(FEATURE_SETTINGS ? [
  INFLIGHT_MAX, QUEUE_ROOM, PACKET_SIZE_MAX, KEEP_ALIVE_MAX, SESSION_EXPIRY_MAX, SYS_INTERVAL_DEFAULT, TOPIC_ALIAS_MAX,
  RECEIVE_ROOM, CONNECT_TIMEOUT_MS, 1, 0,
].concat(FEATURE_MORE_SETTINGS ? [1, 0, 0, 0, 0, 0, TOPIC_ALIAS_MAX, 0, 0, 0] : []) : [])

/** What a setting is now; at the start the board's own limit. */
export function settingOf(setting: number): number {
  return settings[setting]
}

export function settingSet(setting: number, value: number): void {
  settings[setting] = value
}

/** Whether a payload of `size` bytes, of a PUBLISH or a Will, is over message_size_limit. */
export function payloadIsTooLarge(size: number): boolean {
  return settings[SETTING_PAYLOAD_SIZE] > 0 && size > settings[SETTING_PAYLOAD_SIZE]
}

// The four that every board has.

export function inflightMax(): number {
  return FEATURE_SETTINGS ? settings[SETTING_INFLIGHT] : INFLIGHT_MAX
}

export function queueMax(): number {
  return FEATURE_SETTINGS ? settings[SETTING_QUEUE] : QUEUE_ROOM
}

export function packetSizeMax(): number {
  return FEATURE_SETTINGS ? settings[SETTING_PACKET_SIZE] : PACKET_SIZE_MAX
}

export function connectTimeoutMs(): number {
  return FEATURE_SETTINGS ? settings[SETTING_CONNECT_TIMEOUT] : CONNECT_TIMEOUT_MS
}
