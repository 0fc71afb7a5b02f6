// A client's PUBLISH. The message is the one in hand.
import { laneTake, laneTaken } from '../feature/lane'
import { aliasResolve } from '../feature/topic_alias'
import { FEATURE_LANE, FEATURE_TOPIC_ALIAS } from '../limits'
import { SUCCESS } from '../codec/reason_code'
import type { Slot } from '../kinds'

/** It is decoded, its Topic Name not judged: it may be absent. Answers 0, or the Reason Code to close with. */
export function onPublish(slot: Slot): number {
  return FEATURE_TOPIC_ALIAS ? aliasResolve(slot) : SUCCESS
}

/** It came in one piece, and is going to be published. */
export function onPublishTake(slot: Slot): void {
  if (FEATURE_LANE) laneTake(slot)
}

/** That was done, or refused. */
export function onPublishTaken(): void {
  if (FEATURE_LANE) laneTaken()
}
