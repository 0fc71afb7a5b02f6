// What the broker knows of each client that is connected, for whoever runs it.
import { QUEUED } from '../../broker/session/queue_words'
import { clientIsBridge, connectionHeard, protocolVersion, sessionQueueLook } from '../../main'
import { MESSAGE_HEAD_SIZE } from '../../records/message_head'
import type { Link } from './link'
import { sessionWill } from './session_will'
import { portNowMs } from './time'
import { linksOpen } from './transmit'

/** Seconds since it came and since its last bytes came, bytes since it came, messages that wait for it. */
export interface ClientLook {
  id: string
  user: string | undefined
  address: string
  version: number
  since: number
  heard: number
  received: number
  sent: number
  queued: number
  /** The topic of its Will. */
  will: string | undefined
}

/** In front of the message's head: the owner's number and the delay; in it behind the size of the properties. */
const TOPIC_SIZE_AT = 12
const TOPIC_AT = 8 + MESSAGE_HEAD_SIZE

function willTopic(client: Uint8Array): string | undefined {
  const record = sessionWill(client)
  if (!record) return undefined
  const size = record[TOPIC_SIZE_AT] << 8 | record[TOPIC_SIZE_AT + 1]
  return Buffer.from(record.subarray(TOPIC_AT, TOPIC_AT + size)).toString()
}

function lookOf({ slot, clientIdentifier, userName, origin, cameAt, received, sent }: Link, now: number): ClientLook {
  const client = Buffer.from(clientIdentifier)
  const secondsSince = (at: number): number => Math.max(0, Math.round((now - at) / 100) / 10)
  return {
    id: clientIdentifier, user: userName, address: origin.address, version: protocolVersion(slot),
    since: secondsSince(cameAt), heard: secondsSince(connectionHeard(slot)), received, sent,
    queued: sessionQueueLook(client, QUEUED), will: willTopic(client),
  }
}

/** At most so many clients that are connected: those that were heard last. */
export function clientLooks(most: number): ClientLook[] {
  const links = linksOpen().filter(({ origin, isConnected }) => !origin.isTrusted && isConnected)
  if (links.length > most) links.sort((a, b) => connectionHeard(b.slot) - connectionHeard(a.slot))
  const now = portNowMs()
  return links.slice(0, most).map((link) => lookOf(link, now))
}

/** Whether another broker's bridge of 3.1.1 is connected. */
export function hasBridges(): boolean {
  return linksOpen().some(({ isConnected, slot }) => isConnected && clientIsBridge(slot))
}
