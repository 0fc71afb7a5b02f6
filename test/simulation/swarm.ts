// What one seed's home consists of. Each seed has other clients, leaves kinds of faults out and cuts the stream in its
// own way: a run in which everything is on never dwells long in the states that only one thing leads to.

import type { Random } from '../model/random'
import { isSmall } from '../support/small_board'
import type { Board, Configuration } from '../support/world'
import type { Actor } from './actor'
import { actors } from './actors'
import { faults, type Fault } from './faults'
import type { NetworkTerms } from './network'
import { residents } from './residents'
import { rightsDraw } from './rights'
import { smartHome } from './smart_home'

/** Bytes that arrive at once, at most; 0: every packet arrives whole, as most do. */
const FRAGMENT_SIZES_MAX = [0, 0, 0, 0, 0, 1, 3, 20]
/** Milliseconds on the way. */
const DELAYS_MAX = [1, 50, 2_000]
/** Clients that a broker with few slots has beside those that come back before it has heard that they were gone. */
const FEW = 6
const MANY = 14

export interface Swarm extends NetworkTerms {
  actors: Actor[]
  faults: Fault[]
  /** More clients and messages than there is room for. */
  isCrowded: boolean
  configuration: Configuration
}

/** `isBoard`: its machine can have faults too. */
export function swarmDraw(random: Random, board: Board, isBoard: boolean): Swarm {
  const isTight = isSmall(board)
  const isCrowded = isTight && (board.CONNECTIONS_MAX < 8 || random.oneIn(3))
  const kinds = actors.filter(() => !random.oneIn(3))
  // Who belongs together meets.
  if (random.oneIn(4)) kinds.push(...smartHome, ...smartHome)
  const count = isTight && !isCrowded ? FEW : MANY
  // Tinkerers fill tables like nobody else.
  const tinkerer = actors.filter(({ name }) => name === 'tinkerer')
  // Rules are for those whom they tell apart.
  const configuration = rightsDraw(random, board, isBoard)
  if (configuration.rules) kinds.push(...residents, ...residents)
  const drawn = isCrowded ? [...kinds, ...tinkerer, ...tinkerer, ...tinkerer] : kinds.length > 0 ? kinds : actors
  const chosen = Array.from({ length: 2 + random.below(count - 1) }, () => random.pick(drawn))
  return {
    actors: chosen, faults: faults.filter(({ ofBoard }) => (!ofBoard || isBoard) && random.oneIn(2)), isCrowded,
    configuration,
    fragmentMax: random.pick(FRAGMENT_SIZES_MAX), delayMax: random.pick(DELAYS_MAX),
  }
}
