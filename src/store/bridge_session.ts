// The session of a board's own bridge (src/hub/bridge): a board has one such at the most, so that what is said of its
// queue takes no column of all sessions. A computer's bridges have columns (session_table.ts).
import { NONE } from '../limits'
import type { Session } from '../kinds'

/** Below NONE, as which the broker itself publishes: there is none, or it was none's bridge yet. */
export let bridgeSession: Session = NONE - 1
/** What its queue does when it is full: see broker/session/queue_words.ts. */
export let bridgePolicy = 0
/** Messages that were not kept, or not any more, since the start. */
export let bridgeDropped = 0

export function bridgeSessionSet(session: Session, policy: number): void {
  bridgeSession = session
  bridgePolicy = policy
}

export function bridgeDrop(): void {
  bridgeDropped++
}
