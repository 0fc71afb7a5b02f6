// What one seed's run consists of. Each seed leaves some operations out and cuts the stream in its own way: a run in
// which everything is on never dwells long in the states that only one thing leads to.

import { operations, type Operation } from '../model/operations'
import type { Random } from '../model/random'

/** Without these nothing happens, or a board stops taking messages for good. */
const ALWAYS = ['connect', 'subscribe', 'publish', 'acknowledge', 'release', 'time']
/** Bytes that arrive at once, at most; 0: every packet arrives whole. */
const FRAGMENT_SIZES_MAX = [0, 1, 3, 20]

export interface Swarm {
  operations: Operation[]
  fragmentMax: number
}

export function swarmDraw(random: Random): Swarm {
  return {
    operations: operations.filter(({ name }) => ALWAYS.includes(name) || !random.oneIn(3)),
    fragmentMax: random.pick(FRAGMENT_SIZES_MAX),
  }
}
