// What the broker has counted, by the names that $SYS/broker has.
import {
  BYTES_RECEIVED, BYTES_SENT, CLIENTS_EXPIRED, CLIENTS_MAXIMUM, FULL_CONNECTIONS, FULL_MESSAGES, FULL_PACKET,
  FULL_QUEUE, FULL_RETAINED, FULL_SESSIONS, FULL_SUBSCRIPTIONS, FULL_TRANSMIT, MESSAGES_RECEIVED, MESSAGES_SENT,
  PUBLISH_BYTES_RECEIVED, PUBLISH_BYTES_SENT, PUBLISH_DROPPED, PUBLISH_RECEIVED, PUBLISH_SENT,
} from '../../../broker/counters'
import type { createBroker } from 'midge-mqtt'

/** What was refused as its payload was not what the rules say: the name under $SYS/broker too. */
export const PAYLOADS_REFUSED = 'payload/refused'

/** Numbers that only grow, by name. */
const COUNTERS: Record<string, number> = {
  'bytes/received': BYTES_RECEIVED,
  'bytes/sent': BYTES_SENT,
  'messages/received': MESSAGES_RECEIVED,
  'messages/sent': MESSAGES_SENT,
  'publish/messages/received': PUBLISH_RECEIVED,
  'publish/messages/sent': PUBLISH_SENT,
  'publish/messages/dropped': PUBLISH_DROPPED,
  'publish/bytes/received': PUBLISH_BYTES_RECEIVED,
  'publish/bytes/sent': PUBLISH_BYTES_SENT,
  'clients/expired': CLIENTS_EXPIRED,
  'full/connections': FULL_CONNECTIONS,
  'full/sessions': FULL_SESSIONS,
  'full/subscriptions': FULL_SUBSCRIPTIONS,
  'full/messages': FULL_MESSAGES,
  'full/queue': FULL_QUEUE,
  'full/retained': FULL_RETAINED,
  'full/packet': FULL_PACKET,
  'full/transmit': FULL_TRANSMIT,
}

export function statisticsOf(broker: ReturnType<typeof createBroker>): Record<string, number> {
  const { bansNow, counterOf, guardCounts, totals } = broker
  const { connections, sessions, subscriptions, retained, messages, messageBytes, payloadsRefused } = totals()
  return {
    ...Object.fromEntries(Object.entries(COUNTERS).map(([name, counter]) => [name, counterOf(counter)])),
    [PAYLOADS_REFUSED]: payloadsRefused,
    ...guardCounts,
    'bans/current': bansNow().length,
    'clients/connected': connections,
    'clients/maximum': counterOf(CLIENTS_MAXIMUM),
    'clients/total': sessions,
    'subscriptions/count': subscriptions,
    'retained messages/count': retained,
    'store/messages/count': messages,
    'store/messages/bytes': messageBytes,
  }
}
