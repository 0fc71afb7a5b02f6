// The seeds that a simulation test runs: MIDGE_SEED is the first, MIDGE_SEEDS how many, MIDGE_HOURS the virtual hours
// of each. `npm run sim` sets them, and MIDGE_REPORT, which prints a line for each seed.

import { expect, test } from 'vitest'
import type { World } from '../support/world'
import { runSimulation, type Outcome } from './run_simulation'

const FIRST = Number(process.env.MIDGE_SEED ?? 1)
const COUNT = Number(process.env.MIDGE_SEEDS ?? 6)
const HOURS = Number(process.env.MIDGE_HOURS ?? 0.1)

function report(outcome: Outcome, realMs: number): void {
  if (!process.env.MIDGE_REPORT) return
  const { seed, hash, steps, messages, fragments, simulatedMs, operations } = outcome
  console.log(`seed ${seed}: hash ${hash}, ${steps} operations, ${messages} messages, ${fragments} fragments, `
    + `${Math.round(simulatedMs / realMs)}x real time; ${operations.join(', ')}`)
}

/** Declares the tests of one edition. */
export function simulationTests(create: (seed: number) => Promise<World>): void {
  test(`agree with the model from seed ${FIRST} on, ${COUNT} seeds`, async () => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const startMs = performance.now()
      report(await runSimulation(await create(seed), seed, HOURS), performance.now() - startMs)
    }
  }, 86_400_000)

  test('the same seed gives the same bytes, another seed gives others', async () => {
    const run = async (seed: number): Promise<string> => (await runSimulation(await create(seed), seed, 0.02)).hash
    const hash = await run(FIRST)
    expect(await run(FIRST)).toBe(hash)
    expect(await run(FIRST + 1)).not.toBe(hash)
  })
}
