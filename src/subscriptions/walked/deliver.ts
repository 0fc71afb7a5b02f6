// Delivers the publication in hand to the sessions that routeFind has marked.
import { accessAllows } from '../../broker/access/access'
import { ACCESS_READ } from '../../broker/access/access_kind'
import { copiesBegin, copiesOutcome, copyDeliver, copyNext } from '../../broker/publish/deliver_copy'
import { publishTopicSize, publishTopicStart } from '../../codec/publish'
import { FEATURE_ACCESS } from '../../limits'
import { sessionRowsUsed, sessionTarget } from '../../store/session_table'

export function deliverRoute(): number {
  copiesBegin()
  for (let session = 0; session < sessionRowsUsed; session++) {
    copyNext()
    if (!sessionTarget[session]) continue
    if (FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, publishTopicStart, publishTopicSize)) {
      sessionTarget[session] = 0
    } else copyDeliver(session, sessionTarget[session], 0, 0)
  }
  return copiesOutcome()
}
