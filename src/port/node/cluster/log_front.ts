// The front of the log, which nobody needs any more. It goes entry by entry: a server before 2.9.15 whose stream is
// purged as a whole forgets which entries behind that place a group's gateways have, and gives them to nobody again.
import type { Engine } from './engine'

/** Entries that are under way: who publishes has his turn too. */
const DELETES_MAX = 16

/** Lets entries in front of a number go; rejects where the engine does not answer in time. */
export async function frontLetGo(engine: Engine, to: number): Promise<void> {
  const { first } = await engine.range()
  const { manager, log } = engine
  for (let seq = first; seq < to; seq += DELETES_MAX) {
    const count = Math.min(DELETES_MAX, to - seq)
    await Promise.all(Array.from({ length: count }, (_, i) => manager!.streams.deleteMessage(log, seq + i, false)))
  }
}
