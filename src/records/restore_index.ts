// What is looked up while records are restored: sessions by their owner's number. Made for the start, and let go behind
// it.
//
// Memory, while the broker starts: 8 bytes for each session of a computer.
import { NONE, TABLES_GROW } from '../limits'
import { sessionExists, sessionOwner, sessionRowsUsed } from '../store/session_table'
import type { Session } from '../kinds'

/** Rows of sessions are below that. */
const ROWS = 0x10_0000

/** Sorted: the owner's number times ROWS, and the session's row. */
let owners = new Float64Array(0)

/** All sessions are there: they are looked up from now on. */
export function ownersIndex(): void {
  if (!TABLES_GROW) return
  owners = new Float64Array(sessionRowsUsed)
  for (let session = 0; session < sessionRowsUsed; session++) owners[session] = sessionOwner[session] * ROWS + session
  owners.sort()
}

export function ownersForget(): void {
  owners = new Float64Array(0)
}

/** The session of an owner's number, or NONE. */
export function ownerFind(owner: number): Session {
  if (!TABLES_GROW) {
    const session = sessionOwner.indexOf(owner)
    return session >= 0 && sessionExists(session) ? session : NONE
  }
  let low = 0
  let high = owners.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (owners[middle] < owner * ROWS) low = middle + 1
    else high = middle
  }
  return low < owners.length && Math.floor(owners[low] / ROWS) === owner ? owners[low] % ROWS : NONE
}
