// Every way in which the other broker is away, or this one is: each begins, and ends by itself.

import type { Random } from '../../model/random'
import type { BridgedHome } from './bridged_home'

export interface Outage {
  name: string
  begin(home: BridgedHome, random: Random): Promise<void> | void
  /** It is over; what is not here is over as it began. */
  end?(home: BridgedHome): Promise<void> | void
  /** Only where the broker with the bridge can have it. */
  needsFill?: boolean
  /** One of the brokers has no room meanwhile; `isWhole`: this one, for whatever comes. */
  isFull?: true
  isWhole?: true
}

/** Bytes a second of a line that is slow. */
const SLOW_RATES = [40, 300, 3_000]
/** Breaks of a line in a row, and bytes until one. */
const BREAKS_MAX = 30
const BREAK_SIZE_MAX = 3_000

/** Nothing passes any more, and nobody is told. */
export const freeze = ({ line }: BridgedHome): void => {
  if (line.current) line.current.isFrozen = true
}

const mend = ({ line }: BridgedHome): void => {
  line.reception = 'taken'
  line.rate = Infinity
  line.cuts = []
}

/** Nobody is there any more: connections are lost. */
const lose = ({ line }: BridgedHome): void => line.current?.reset()

export const OUTAGES: Outage[] = [
  {
    name: 'refused',
    begin: (home) => {
      home.line.reception = 'refused'
      lose(home)
    },
    end: mend,
  },
  {
    name: 'silent',
    begin: (home) => {
      home.line.reception = 'silent'
      lose(home)
    },
    end: mend,
  },
  { name: 'half-open', begin: freeze },
  {
    name: 'slow',
    begin: ({ line, side }, random) => { line.rate = Math.ceil(random.pick(SLOW_RATES) * side.stepMs / 1_000) },
    end: mend,
  },
  { name: 'reset', begin: lose },
  {
    name: 'cut in mid-drain',
    begin: (home, random) => {
      const size = (): number => random.oneIn(2) ? Infinity : 1 + random.below(BREAK_SIZE_MAX)
      home.line.cuts = Array.from({ length: 1 + random.below(BREAKS_MAX) }, () => [size(), size()])
      lose(home)
    },
    end: mend,
  },
  {
    name: 'other broker full',
    isFull: true,
    begin: ({ neighbour }) => neighbour.fill(true),
    end: ({ neighbour }) => neighbour.fill(false),
  },
  { name: 'restart', begin: (home) => home.restartThere(false) },
  { name: 'restart without sessions', begin: (home) => home.restartThere(true) },
  { name: 'power cut', begin: (home) => home.powerCut() },
  {
    name: 'full here',
    isFull: true,
    isWhole: true,
    needsFill: true,
    begin: ({ side }) => side.fill!(true),
    end: ({ side }) => side.fill!(false),
  },
]
