// A copy of the message in hand goes to a client.
import { publishTopicSize, publishTopicStart } from '../codec/publish'
import { aliasOut, aliasOutIsKnown } from '../feature/topic_alias'
import { FEATURE_TOPIC_ALIAS } from '../limits'
import { connectionAliasMax } from '../store/connection_table'
import type { Slot } from '../kinds'

/** Whether the connection's copies are its own: nobody else could be sent the same bytes. */
export function deliveryIsSingle(slot: Slot): boolean {
  return FEATURE_TOPIC_ALIAS && connectionAliasMax[slot] > 0
}

/**
 * A single copy is packed, with `size` bytes of properties and payload. Answers the Topic Alias to send it under
 * (feature/topic_alias.ts), or 0.
 */
export function onDelivery(slot: Slot, size: number): number {
  return deliveryIsSingle(slot) ? aliasOut(slot, publishTopicStart, publishTopicSize, size) : 0
}

/** A single copy is handed over: the client has room for it. */
export function onDelivered(): void {
  if (FEATURE_TOPIC_ALIAS) aliasOutIsKnown()
}
