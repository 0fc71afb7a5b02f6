// CONNACK of success is being written for a client of 5.0: for properties that say what a feature does.
import { writeAuthentication } from '../feature/authentication'
import { writeTopicAliasMaximum } from '../feature/topic_alias'
import { FEATURE_ENHANCED_AUTHENTICATION, FEATURE_TOPIC_ALIAS } from '../limits'
import type { Slot } from '../kinds'

export function onConnack(slot: Slot): void {
  if (FEATURE_TOPIC_ALIAS) writeTopicAliasMaximum()
  if (FEATURE_ENHANCED_AUTHENTICATION) writeAuthentication(slot)
}
