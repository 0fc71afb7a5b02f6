// A client is going to be let in: its CONNECT is decoded, its properties are still in hand, it has no session yet.
import { aliasesConnect } from '../feature/topic_alias'
import { FEATURE_TOPIC_ALIAS } from '../limits'
import type { Slot } from '../kinds'

/** `isNew`: it speaks 5.0; else its CONNECT has no properties. */
export function onConnect(slot: Slot, isNew: boolean): void {
  if (FEATURE_TOPIC_ALIAS) aliasesConnect(slot, isNew)
}
