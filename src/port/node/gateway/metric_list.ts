// The metrics that there are, and what each says.
import type { BridgeStatistics, ClusterStatistics } from '../library/api'
import type { Metric } from './metric'

type Line = [name: string, type: Metric['type'], help: string]

/** By the names of the broker's statistics. */
export const STATISTICS: Record<string, Line> = {
  'bytes/received': ['midge_received_bytes_total', 'counter', 'Bytes that came from clients.'],
  'bytes/sent': ['midge_sent_bytes_total', 'counter', 'Bytes that went to clients.'],
  'messages/received': ['midge_packets_received_total', 'counter', 'Control Packets that came from clients.'],
  'messages/sent': ['midge_packets_sent_total', 'counter', 'Control Packets that went to clients.'],
  'publish/messages/received': [
    'midge_publish_messages_received_total', 'counter', 'Messages that clients published.'],
  'publish/messages/sent': ['midge_publish_messages_sent_total', 'counter', 'Messages that went to subscribers.'],
  'publish/messages/dropped': [
    'midge_publish_messages_dropped_total', 'counter', 'Messages that were refused, or dropped for want of room.'],
  'publish/bytes/received': [
    'midge_publish_received_bytes_total', 'counter', 'Bytes of payloads that clients published.'],
  'publish/bytes/sent': ['midge_publish_sent_bytes_total', 'counter', 'Bytes of payloads that went to subscribers.'],
  'payload/refused': [
    'midge_payload_refused_total', 'counter', 'Messages that were refused as their payloads break a rule.'],
  'limits/messages': [
    'midge_limited_messages_total', 'counter', 'Times that a client or an address sent more messages than it may.'],
  'limits/bytes': [
    'midge_limited_bytes_total', 'counter', 'Times that a client or an address sent more bytes than it may.'],
  'limits/connections': [
    'midge_limited_connections_total', 'counter', 'Connections over the rate that an address may have.'],
  'limits/banned': ['midge_limited_banned_total', 'counter', 'Connections of addresses that are banned.'],
  'logins/failed': ['midge_logins_failed_total', 'counter', 'Logins whose proof was wrong.'],
  'logins/delayed': ['midge_logins_delayed_total', 'counter', 'Logins that waited, as others of the address failed.'],
  'bans/current': ['midge_bans', 'gauge', 'Addresses that are banned now.'],
  'clients/expired': ['midge_sessions_expired_total', 'counter', 'Sessions that ended as their clients stayed away.'],
  'clients/connected': ['midge_clients_connected', 'gauge', 'Clients that are connected.'],
  'clients/maximum': ['midge_clients_connected_maximum', 'gauge', 'The most clients that were connected at a time.'],
  'clients/total': ['midge_sessions', 'gauge', 'Sessions, of clients that are connected and of those that are away.'],
  'subscriptions/count': ['midge_subscriptions', 'gauge', 'Subscriptions of all sessions.'],
  'retained messages/count': ['midge_retained_messages', 'gauge', 'Retained messages.'],
  'store/messages/count': ['midge_stored_messages', 'gauge', 'Messages that are retained, queued or under way.'],
  'store/messages/bytes': ['midge_stored_bytes', 'gauge', 'Bytes of the payloads of messages that are stored.'],
}

/** How often something was refused as a table was full; `full/` and the resource are a statistic's name. */
export const FULL: Line = [
  'midge_full_total', 'counter', 'Times that something was refused or dropped as there was no room for it.']
export const FULL_PREFIX = 'full/'

/** By the names of a bridge's statistics; its label is the bridge's name. */
export const BRIDGES: Record<Exclude<keyof BridgeStatistics, 'name'>, Line> = {
  isConnected: ['midge_bridge_connected', 'gauge', 'Whether the bridge is connected: 1 or 0.'],
  queued: ['midge_bridge_queued', 'gauge', 'Messages of QoS 1 and 2 that wait or are under way.'],
  queuedBytes: ['midge_bridge_queued_bytes', 'gauge', 'Bytes of their payloads.'],
  queuedSeconds: ['midge_bridge_queued_seconds', 'gauge', 'Seconds that the oldest of them has waited.'],
  queueDropped: ['midge_bridge_queue_dropped_total', 'counter', 'Messages that its queue had no room for.'],
  sent: ['midge_bridge_sent_total', 'counter', 'Messages that the other broker has taken.'],
  received: ['midge_bridge_received_total', 'counter', 'Messages that came from the other broker.'],
  refused: ['midge_bridge_refused_total', 'counter', 'Messages that the other broker refused for good.'],
  tooLarge: ['midge_bridge_too_large_total', 'counter', 'Messages that are larger than the other side takes.'],
  looped: ['midge_bridge_looped_total', 'counter', 'Messages that had come round in a circle.'],
  dropped: ['midge_bridge_dropped_total', 'counter', 'Messages that no line carries, or that were not taken here.'],
  connects: ['midge_bridge_connects_total', 'counter', 'Connections to the other broker that were made.'],
}

/** By the names of a cluster's statistics. */
export const CLUSTER: Record<Exclude<keyof ClusterStatistics, 'node'>, Line> = {
  isReady: ['midge_cluster_ready', 'gauge', 'Whether the engine of the cluster answers: 1 or 0.'],
  gateways: ['midge_cluster_gateways', 'gauge', 'Gateways that are one broker.'],
  position: ['midge_cluster_position', 'gauge', 'The last entry of the log that this gateway has had.'],
  sessions: ['midge_cluster_sessions', 'gauge', 'Sessions that are at this gateway.'],
  waiting: ['midge_cluster_waiting', 'gauge', 'Messages that wait for the log.'],
  shared: ['midge_cluster_shared', 'gauge', 'Entries of the log that shared subscriptions here have in hand.'],
  published: ['midge_cluster_published_total', 'counter', 'Messages that this gateway has put into the log.'],
}

export const BUILD: Line = ['midge_build_info', 'gauge', 'Always 1: the versions of Midge and of Node.']
export const RESIDENT: Line = ['process_resident_memory_bytes', 'gauge', 'Bytes of memory that the process has.']
export const CPU: Line = ['process_cpu_seconds_total', 'counter', 'Seconds of processor time, in the system too.']
export const STARTED: Line = ['process_start_time_seconds', 'gauge', 'When the process started, in seconds since 1970.']
