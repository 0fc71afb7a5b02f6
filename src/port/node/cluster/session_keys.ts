// The keys of sessions in their bucket: whoever has a session writes its key by the revision that it has read last.
import type { Engine } from './engine'
import { Overtaken, type Stored } from './engine_terms'
import { type HostedSession, type SessionState, stateBytes, stateRead } from './hosted_session'
import { keyOf } from './subject'

/** How often a key is written over that is not what it must be, and milliseconds between. */
const TRIES_MAX = 10
const AGAIN_MS = 100

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export class SessionKeys {
  constructor(private readonly engine: Engine) {}

  /**
   * Writes a session's key; rejects with Overtaken where another gateway has taken the session. What was written by
   * somebody who did not know that it is here does not count, see LogCounts: that is written over, as is a key that the
   * engine has lost.
   */
  async write(hosted: HostedSession, state: SessionState, isWanted?: () => boolean): Promise<void> {
    const key = keyOf(hosted.client)
    for (let tries = 1; ; tries++) {
      try {
        hosted.revision = await this.engine.write('sessions', key, stateBytes(state), hosted.revision, isWanted)
        return
      } catch (error) {
        if (!(error instanceof Overtaken) || tries === TRIES_MAX || hosted.isLost) throw error
        const there = await this.engine.read('sessions', key)
        if (isTaken(hosted, there)) throw error
        hosted.revision = there?.revision ?? 0
        await wait(AGAIN_MS)
      }
    }
  }
}

/** Whether who has written the key knew who had the session. */
function isTaken({ takenAt }: HostedSession, there: Stored | null): boolean {
  if (!there) return false
  return !there.bytes.length || stateRead(there.bytes).over >= takenAt
}
