// Sessions that the broker has ended while their clients were away: because their time was over, or to make room.

import type { Oracle } from './oracle'

/** Those since the last call that the model has not ended. */
function newlyEnded(oracle: Oracle): string[] {
  const ended = oracle.world.sessionsEnded?.() ?? []
  const news = ended.slice(oracle.endedCount).filter((clientId) => oracle.model.sessions.has(clientId))
  oracle.endedCount = ended.length
  return news
}

/** A client with this user, or without one, has come: others may have made room for it. */
export function judgeRoomMade(oracle: Oracle, user: string | undefined): void {
  for (const clientId of newlyEnded(oracle)) {
    oracle.coverage.touch('limit sessions')
    oracle.model.sessionReplaced(clientId, user)
  }
}

/** Time has passed, and nobody has come: what has ended was over. */
export function judgeEnded(oracle: Oracle): void {
  const [early] = newlyEnded(oracle)
  if (early !== undefined) throw new Error(`the session of ${early} has ended before its time`)
}
