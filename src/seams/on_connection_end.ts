// A Network Connection has ended; its slot is to be free. For features that keep something for a connection.
import { authRelease } from '../feature/authentication'
import { streamRelease } from '../feature/stream'
import { aliasesRelease } from '../feature/topic_alias'
import { transferEnd } from '../feature/transfer'
import { FEATURE_ENHANCED_AUTHENTICATION, FEATURE_STREAM, FEATURE_TOPIC_ALIAS, RECORDS_MAPPED } from '../limits'
import type { Slot } from '../kinds'

export function onConnectionEnd(slot: Slot): void {
  if (FEATURE_STREAM) streamRelease(slot)
  if (RECORDS_MAPPED) transferEnd(slot, false)
  if (FEATURE_TOPIC_ALIAS) aliasesRelease(slot)
  if (FEATURE_ENHANCED_AUTHENTICATION) authRelease(slot)
}
