// A household with its broker, and a power cut wherever one may be: cuts.ts.

import { describe, it } from 'vitest'
import { memoryWorld } from '../support/memory_world'
import { checkCuts, CUT_SEEDS_IN_CI } from './cuts'

const { MIDGE_SEEDS } = process.env
const SEEDS = MIDGE_SEEDS ? Array.from({ length: Number(MIDGE_SEEDS) }, (_, index) => index + 1) : CUT_SEEDS_IN_CI

describe.each(['test', 'host', 'mapped'] as const)('a power cut, board %s', board => {
  it.each(SEEDS)('seed %i', seed =>
    checkCuts((records, number) => memoryWorld(board, {}, number, records), board === 'host', seed))
})
