// What features keep for a connection, and must let go when it ends.
import { authRelease } from '../feature/authentication'
import { streamRelease } from '../feature/stream'
import { aliasesRelease } from '../feature/topic_alias'
import { FEATURE_ENHANCED_AUTHENTICATION, FEATURE_STREAM, FEATURE_TOPIC_ALIAS } from '../limits'

export function connectionFeaturesRelease(slot: number): void {
  if (FEATURE_STREAM) streamRelease(slot)
  if (FEATURE_TOPIC_ALIAS) aliasesRelease(slot)
  if (FEATURE_ENHANCED_AUTHENTICATION) authRelease(slot)
}
