// Runs: of the packets of a chunk, those that follow one of their kind are taken together where they can be, with the
// same bytes to every client as one by one.
import { PUBACK, PUBCOMP, PUBLISH } from '../codec/packet_type'
import { memory } from '../memory'
import { CONNECTED, connectionState, rxCapacity, rxStart } from '../store/connection_table'
import { acknowledgeRunTake } from './acknowledge_run'
import { publishRunTake } from './publish_run'
import type { Offset, Slot } from '../kinds'

/**
 * Packets that go their way behind one that had no run behind it, before there is another try. What has topics in turn
 * would else pay for a look at each packet, and V8, which puts what is called often into its caller, would have less
 * room there for the packets' own way: an eighth of a delivery's time in all.
 */
const PACKETS_PER_TRY = 8
let untriedCount = 0

/** The packet that started at `start` was handled, and is not the last: takes what follows it and is like it. */
export function runTry(slot: Slot, start: Offset): void {
  if (untriedCount > 0) untriedCount--
  else if (!runTake(slot, start)) untriedCount = PACKETS_PER_TRY
}

function runTake(slot: Slot, start: Offset): boolean {
  const next = rxStart[slot]
  const first = memory[start]
  // A packet that was completed in the connection's own range does not stand in front of the next one.
  if (memory[next] !== first || rxCapacity[slot] || connectionState[slot] !== CONNECTED) return false
  const type = first >> 4
  if (type === PUBLISH) publishRunTake(slot, start)
  else if (type >= PUBACK && type <= PUBCOMP) acknowledgeRunTake(slot, first)
  return rxStart[slot] > next
}
