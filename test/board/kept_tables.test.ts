// Tables that a board keeps: kept_tables.ts. MIDGE_SEEDS says how many seeds, MIDGE_CUTS=1 takes more words.

import { describe, it } from 'vitest'
import { checkScene, SCENES } from './kept_scenes'
import { checkTables, TABLES_SEEDS_IN_CI, TABLES_WORDS_IN_CI } from './kept_tables'

const { MIDGE_SEEDS, MIDGE_CUTS } = process.env
const SEEDS = MIDGE_SEEDS ? Array.from({ length: Number(MIDGE_SEEDS) }, (_, index) => index + 1) : TABLES_SEEDS_IN_CI
const ONE_IN = MIDGE_CUTS ? 20 : TABLES_WORDS_IN_CI

describe('tables that a board keeps', () => {
  it.each(SCENES)('are what a start without them makes: $name', scene => checkScene(scene))
  it.each(SEEDS)('are what a start without them makes, seed %i', (seed) => checkTables(seed, ONE_IN))
})
