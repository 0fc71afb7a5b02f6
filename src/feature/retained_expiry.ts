// Retained messages that have expired end, where what is kept comes back without its age (RECORDS_HAVE_AGE): what
// nobody asks for would be there still when the power goes, and then have all of its interval again. [MQTT-3.3.2-5]
import { messageHasExpired } from '../broker/session/queue'
import { retainedOf, retainedRemove, retainedRowsUsed } from 'messages/retained_table'
import type { RetainedRow } from '../kinds'

/** The row that was looked at last. */
let looked: RetainedRow = 0

/** A second has passed: looks at one row, so that each has its turn in as many seconds as there are. */
export function retainedExpire(): void {
  if (++looked >= retainedRowsUsed) looked = 0
  const message = retainedOf(looked)
  if (message >= 0 && messageHasExpired(message)) retainedRemove(looked)
}
