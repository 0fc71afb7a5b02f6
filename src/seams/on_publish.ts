// A client's PUBLISH. The message is the one in hand.
import { laneTake, laneTaken } from '../feature/lane'
import { aliasResolve } from '../feature/topic_alias'
import { FEATURE_LANE, FEATURE_TOPIC_ALIAS } from '../limits'
import { publishTopicSize } from '../codec/publish'
import { PROTOCOL_ERROR, SUCCESS } from '../codec/reason_code'
import type { Slot } from '../kinds'

/** It is decoded, its Topic Name not judged. Answers 0, or the Reason Code to close with. */
export function onPublish(slot: Slot): number {
  if (FEATURE_TOPIC_ALIAS) return aliasResolve(slot)
  return publishTopicSize ? SUCCESS : PROTOCOL_ERROR
}

/** It came in one piece, and is going to be published. */
export function onPublishTake(slot: Slot): void {
  if (FEATURE_LANE) laneTake(slot)
}

/** That was done, or refused. */
export function onPublishTaken(): void {
  if (FEATURE_LANE) laneTaken()
}
