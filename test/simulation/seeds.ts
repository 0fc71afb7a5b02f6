// The seeds that a simulation test runs: MIDGE_SEED is the first, MIDGE_SEEDS how many, MIDGE_HOURS the virtual hours
// of each. `npm run sim` sets them, and MIDGE_REPORT, which prints a line for each seed. MIDGE_COVERAGE prints what all
// of them touched. MIDGE_WATCH shows a seed as it runs, MIDGE_PAGE is the file for a page about it. MIDGE_KEEP is a
// folder for what fails, and then the seeds go on.

import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Chronicle } from './chronicle'
import { Coverage } from './coverage'
import { describe } from './describe'
import { coverageLines } from './gaps'
import { reportPage } from './report_page'
import { runSimulation, Violation, type Edition, type Outcome } from './run_simulation'
import { watch } from './watch'

const FIRST = Number(process.env.MIDGE_SEED ?? 1)
/** What a run of all tests takes of each edition: so many, and those that alone notice one of the deliberate bugs. */
export const SEEDS_IN_CI = [...Array.from({ length: 42 }, (_, index) => 1 + index), 59, 60, 80, 283]
export const HOURS_IN_CI = 0.2
const { MIDGE_SEEDS } = process.env
const SEEDS = MIDGE_SEEDS || process.env.MIDGE_SEED
  ? Array.from({ length: Number(MIDGE_SEEDS ?? SEEDS_IN_CI.length) }, (_, index) => FIRST + index)
  : SEEDS_IN_CI
const HOURS = Number(process.env.MIDGE_HOURS ?? HOURS_IN_CI)
const KEEP = process.env.MIDGE_KEEP
const PAGE = process.env.MIDGE_PAGE

function report(outcome: Outcome, realMs: number): void {
  if (!process.env.MIDGE_REPORT) return
  const { seed, hash, packetsIn, packetsOut, simulatedMs, clients, faults, isCrowded } = outcome
  console.log(`seed ${seed}: hash ${hash}, ${packetsIn} packets in, ${packetsOut} out, `
    + `${Math.round(simulatedMs / realMs)}x real time; ${isCrowded ? 'crowded; ' : ''}${clients.join(', ')}; ${
      faults.join(', ')}`)
}

function writePage(edition: Edition, of: Outcome | Violation, chronicle: Chronicle, failure: string): void {
  const { seed, swarm, oracle } = of
  writeFileSync(PAGE!, reportPage({ core: edition.name, seed, hours: HOURS, swarm, oracle, failure }, chronicle))
  console.log(`seed ${seed}: its page is ${PAGE}`)
}

/** Runs a seed. Answers how it failed, or ''. */
async function run(edition: Edition, seed: number, coverage: Coverage): Promise<string> {
  const startMs = performance.now()
  const chronicle = PAGE || process.env.MIDGE_WATCH
    ? new Chronicle(process.env.MIDGE_WATCH ? watch : undefined) : undefined
  try {
    const outcome = await runSimulation(edition, seed, HOURS, chronicle)
    report(outcome, performance.now() - startMs)
    if (PAGE) writePage(edition, outcome, chronicle!, '')
    coverage.add(outcome.coverage)
    return ''
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    const failure = await describe(edition, error, HOURS)
    if (PAGE) writePage(edition, error, chronicle!, failure)
    return failure
  }
}

export function keep(folder: string, edition: Edition, seed: number, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${edition.name}-${seed}.txt`, `${text}\n`)
  console.log(`seed ${seed}: FAILED, kept in ${folder}`)
}

/** Declares the tests of one edition. */
export function simulationTests(edition: Edition): void {
  test(`agree with the model from seed ${FIRST} on, ${SEEDS.length} seeds`, async () => {
    const coverage = new Coverage()
    for (const seed of SEEDS) {
      const failure = await run(edition, seed, coverage)
      if (failure && KEEP) keep(KEEP, edition, seed, failure)
      else if (failure) throw new Error(failure)
    }
    if (process.env.MIDGE_COVERAGE) console.log(coverageLines(coverage).join('\n'))
  }, 86_400_000)

  test('the same seed gives the same bytes, another seed gives others', async () => {
    const hashOf = async (seed: number): Promise<string> => (await runSimulation(edition, seed, 0.02)).hash
    const hash = await hashOf(FIRST)
    expect(await hashOf(FIRST)).toBe(hash)
    expect(await hashOf(FIRST + 1)).not.toBe(hash)
  })
}
