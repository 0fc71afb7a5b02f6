// A session's key is taken from a gateway that does not give it. A server before 2.11 may take what that one wrote in
// the same moment, too: it stands in front of ours in the key's history then, and is what counts.
import type { Engine } from './engine'
import type { Stored } from './engine_terms'
import { type SessionState, stateBytes, stateRead } from './hosted_session'
import { keyOf } from './subject'

export interface Seized { state: SessionState, revision: number }

/**
 * Writes a key as `changed` makes it of what is there; null: it is somebody else's by now, or nobody's. Rejects with
 * Overtaken where it was written since.
 */
export async function seize(
  engine: Pick<Engine, 'write' | 'next' | 'clear'>, there: Stored, changed: (state: SessionState) => SessionState,
): Promise<Seized | null> {
  let { bytes, revision } = there
  const { client, node } = stateRead(bytes)
  const key = keyOf(client)
  for (;;) {
    const before = stateRead(bytes)
    const isOthers = before.node !== node
    const state = isOthers ? before : changed(before)
    const ours = stateBytes(state)
    const written = await engine.write('sessions', key, ours, revision)
    const first = await engine.next('sessions', key, revision)
    // What was asked for twice may be there twice.
    const isNext = !first || first.revision === revision || first.revision >= written
      || Buffer.from(first.bytes).equals(ours)
    if (isNext) return isOthers ? null : { state, revision: written }
    if (!first.bytes.length) {
      await engine.clear('sessions', key, written)
      return null
    }
    [bytes, revision] = [first.bytes, written]
  }
}
