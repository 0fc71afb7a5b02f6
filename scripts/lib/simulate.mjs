// Runs the seeds of test/simulation on one core; the environment says which, see test/simulation/seeds.ts,
// fuzz_seeds.ts and bridged/bridged_seeds.ts; of days test/board/year.test.ts.
import { runTests } from './vitest.mjs'

/** @type {Record<string, [project: string, file: string]>} */
const HOMES = {
  esp32: ['boards', 'test/board/simulation.test.ts'],
  host: ['broker', 'test/simulation/gateway.test.ts'],
  test: ['broker', 'test/simulation/tiny.test.ts'],
}

/** @type {typeof HOMES} */
const FUZZED = {
  esp32: ['boards', 'test/board/fuzz.test.ts'],
  host: ['broker', 'test/simulation/fuzz.test.ts'],
}

/** @type {typeof HOMES} */
const BRIDGED = {
  esp32: ['boards', 'test/board/bridged.test.ts'],
  host: ['broker', 'test/simulation/bridged/gateway.test.ts'],
}

/** @type {typeof HOMES} */
const BOARDS = { esp32: ['boards', 'test/board/fleet.test.ts'] }

/** @type {typeof HOMES} */
const DAYS = { esp32: ['boards', 'test/board/year.test.ts'] }

/** What can be simulated, and the tests among those of a file. */
const KINDS = {
  homes: { cores: HOMES, name: 'agree with the model' },
  fuzz: { cores: FUZZED, name: 'agree with the model' },
  bridged: { cores: BRIDGED, name: 'loses nothing' },
  boards: { cores: BOARDS, name: 'lose nothing' },
  days: { cores: DAYS, name: 'nothing is lost' },
}

/** What homes can live around. */
export const CORES = Object.keys(HOMES)

/**
 * Answers the status and the signal that it ended with.
 * @param {string} core  one of CORES
 * @param {Record<string, string>} environment
 * @param {keyof typeof KINDS} [kind] homes, two senders of whatever bytes, a bridge, many of them, or a home for long
 */
export function simulate (core, environment, kind = 'homes') {
  const { cores, name } = KINDS[kind]
  if (!cores[core]) {
    console.error(`--${kind} has no core ${core}; it has ${Object.keys(cores).join(' and ')}`)
    process.exit(2)
  }
  const [project, file] = cores[core]
  return runTests(project, [file, '-t', name], { MIDGE_REPORT: '1', ...environment })
}
