// An Application Message was published, a client's, a Will or the broker's own: who gets it has it, or it waits in a
// queue. `answer` is that of publicationPublish.
import { UNSPECIFIED_ERROR } from '../codec/reason_code'
import { laneVoid } from '../feature/lane'
import { runPublishedSet } from '../feature/run_packets'
import { FEATURE_LANE, FEATURE_RUNS } from '../limits'

export function onPublished(answer: number): void {
  if (FEATURE_LANE) laneVoid(answer < UNSPECIFIED_ERROR)
  if (FEATURE_RUNS && answer < UNSPECIFIED_ERROR) runPublishedSet(true)
}
