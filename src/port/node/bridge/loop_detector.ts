// Messages that run in a circle: the same topic and payload that goes out and comes in again and again, by whichever of
// the program's bridges. Most circles cannot be, by No Local and the count of bridges; those through brokers of
// 3.1.1 are found by their rate.
import { createHash } from 'node:crypto'

/** Times that the same message goes out and comes in within the window before it is taken for one in a circle. */
const TURNS_MAX = 20
/**
 * The same where it is seen in one direction alone: it comes round by a bridge of the other broker's, which is a client
 * here. A sensor may say the same so often too: so it counts only where there is such a client.
 */
const TURNS_ALONE = 1_000
const WINDOW_MS = 30_000
/** How long such a message is not carried any more. */
const OPENED_MS = 60_000
/** Different messages that are remembered. */
const MESSAGES_MAX = 4_096

interface Turns {
  since: number
  out: number
  in: number
  openedUntil: number
}

export class LoopDetector {
  /** By topic and payload, oldest first. */
  private readonly turns = new Map<string, Turns>()

  /** `hasBridges`: whether another broker's bridge is a client here, which says so in 3.1.1. */
  constructor(private readonly hasBridges: () => boolean) {}

  /** `now` in milliseconds. Answers whether the message must not go on: `first` when that is new. */
  passes(direction: 'out' | 'in', topic: string, payload: Uint8Array, now: number): 'goes' | 'first' | 'stays' {
    const key = createHash('sha1').update(topic).update('\0').update(payload).digest('base64')
    const turns = this.turns.get(key) ?? this.add(key, now)
    if (turns.openedUntil > now) return 'stays'
    if (now - turns.since > WINDOW_MS || turns.openedUntil) {
      Object.assign(turns, { since: now, out: 0, in: 0, openedUntil: 0 })
    }
    turns[direction]++
    const isSeen = turns.out >= TURNS_MAX && turns.in >= TURNS_MAX
    if (!isSeen && (turns[direction] % TURNS_ALONE || !this.hasBridges())) return 'goes'
    turns.openedUntil = now + OPENED_MS
    return 'first'
  }

  private add(key: string, now: number): Turns {
    const turns = { since: now, out: 0, in: 0, openedUntil: 0 }
    this.turns.set(key, turns)
    if (this.turns.size > MESSAGES_MAX) this.turns.delete(this.turns.keys().next().value!)
    return turns
  }
}
