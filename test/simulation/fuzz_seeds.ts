// The seeds that a test of the fuzzer runs: MIDGE_SEED is the first, MIDGE_SEEDS how many, MIDGE_STEPS the turns of
// each. `npm run sim -- --fuzz` sets them, and MIDGE_REPORT, which prints a line for each seed; MIDGE_COVERAGE and
// MIDGE_KEEP as in seeds.ts.

import { test } from 'vitest'
import { Coverage } from './coverage'
import { fuzz } from './fuzz'
import type { Edition } from './run_simulation'
import { keep } from './seeds'

const { MIDGE_SEED, MIDGE_SEEDS } = process.env
/** What a run of all tests takes of the gateway's core: the last alone notices one of the deliberate bugs. */
export const FUZZ_SEEDS_IN_CI = [...Array.from({ length: 43 }, (_, index) => 1 + index), 124]
export const STEPS_IN_CI = 1_000
const STEPS = Number(process.env.MIDGE_STEPS ?? STEPS_IN_CI)
const KEEP = process.env.MIDGE_KEEP

async function run(edition: Edition, seed: number, coverage: Coverage): Promise<void> {
  try {
    const { hash, packets, rounds, coverage: touched } = await fuzz(edition, seed, STEPS)
    coverage.add(touched)
    if (process.env.MIDGE_REPORT) console.log(`seed ${seed}: hash ${hash}, ${packets} packets in, ${rounds} brokers`)
  } catch (error) {
    if (!KEEP) throw error
    keep(KEEP, edition, seed, (error as Error).message)
  }
}

/** Declares the test of one edition; `inCi` is what a run of all tests takes of it. */
export function fuzzTests(edition: Edition, inCi: number[]): void {
  const seeds = MIDGE_SEED || MIDGE_SEEDS
    ? Array.from({ length: Number(MIDGE_SEEDS ?? inCi.length) }, (_, index) => Number(MIDGE_SEED ?? 1) + index)
    : inCi
  const which = `from seed ${seeds[0]} on, ${seeds.length} seeds`
  test(`${edition.name}: two senders agree with the model ${which}`, async () => {
    const coverage = new Coverage()
    for (const seed of seeds) await run(edition, seed, coverage)
    if (process.env.MIDGE_COVERAGE) {
      console.log(coverage.entries().map(([name, count]) => `${String(count).padStart(9)}  ${name}`).join('\n'))
    }
  }, 86_400_000)
}
