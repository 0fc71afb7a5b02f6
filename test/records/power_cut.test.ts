// A household with its broker, and a power cut wherever one may be: cuts.ts.

import { describe, it } from 'vitest'
import { memoryWorld } from '../support/memory_world'
import { checkCuts, checkQuiet, CUT_SEEDS_IN_CI } from './cuts'

const { MIDGE_SEEDS } = process.env
const SEEDS = MIDGE_SEEDS ? Array.from({ length: Number(MIDGE_SEEDS) }, (_, index) => index + 1) : CUT_SEEDS_IN_CI

describe.each(['test', 'host', 'esp32'] as const)('a power cut, board %s', board => {
  it.each(SEEDS)('seed %i', seed => checkCuts(async (records, number) => {
    const world = await memoryWorld(board, {}, number, records)
    if (board === 'esp32') world.core.persistRuleAdd('#', 0)
    return world
  }, board === 'host', seed))
})

describe('a power cut a minute later, where values at QoS 0 wait to be written', () => {
  it.each(SEEDS)('seed %i', seed =>
    checkQuiet((records, number) => memoryWorld('esp32', {}, number, records), seed, 64_000))
})
