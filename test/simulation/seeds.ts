// The seeds that a simulation test runs: MIDGE_SEED is the first, MIDGE_SEEDS how many, MIDGE_HOURS the virtual hours
// of each. `npm run sim` sets them, and MIDGE_REPORT, which prints a line for each seed.

import { expect, test } from 'vitest'
import { describe } from './describe'
import { runSimulation, Violation, type Edition, type Outcome } from './run_simulation'

const FIRST = Number(process.env.MIDGE_SEED ?? 1)
/** What a run of all tests takes of each edition. */
export const SEEDS_IN_CI = 20
export const HOURS_IN_CI = 0.2
const COUNT = Number(process.env.MIDGE_SEEDS ?? SEEDS_IN_CI)
const HOURS = Number(process.env.MIDGE_HOURS ?? HOURS_IN_CI)

function report(outcome: Outcome, realMs: number): void {
  if (!process.env.MIDGE_REPORT) return
  const { seed, hash, packetsIn, packetsOut, simulatedMs, clients, faults, isCrowded } = outcome
  console.log(`seed ${seed}: hash ${hash}, ${packetsIn} packets in, ${packetsOut} out, `
    + `${Math.round(simulatedMs / realMs)}x real time; ${isCrowded ? 'crowded; ' : ''}${clients.join(', ')}; ${
      faults.join(', ')}`)
}

async function runReported(edition: Edition, seed: number): Promise<void> {
  const startMs = performance.now()
  try {
    report(await runSimulation(edition, seed, HOURS), performance.now() - startMs)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    throw new Error(await describe(edition, error, HOURS))
  }
}

/** Declares the tests of one edition. */
export function simulationTests(edition: Edition): void {
  test(`agree with the model from seed ${FIRST} on, ${COUNT} seeds`, async () => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) await runReported(edition, seed)
  }, 86_400_000)

  test('the same seed gives the same bytes, another seed gives others', async () => {
    const run = async (seed: number): Promise<string> => (await runSimulation(edition, seed, 0.02)).hash
    const hash = await run(FIRST)
    expect(await run(FIRST)).toBe(hash)
    expect(await run(FIRST + 1)).not.toBe(hash)
  })
}
