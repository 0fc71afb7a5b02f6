// Runs the seeds of test/simulation on one core; the environment says which, see test/simulation/seeds.ts and
// fuzz_seeds.ts.
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

/** What homes can live around. */
export const CORES = Object.keys(HOMES)

/**
 * Answers the status and the signal that it ended with.
 * @param {string} core  one of CORES
 * @param {Record<string, string>} environment
 * @param {boolean} [isFuzz] two senders of whatever bytes instead of homes
 */
export function simulate (core, environment, isFuzz = false) {
  const cores = isFuzz ? FUZZED : HOMES
  if (!cores[core]) {
    console.error(`--fuzz has no core ${core}; it has ${Object.keys(cores).join(' and ')}`)
    process.exit(2)
  }
  const [project, file] = cores[core]
  return runTests(project, [file, '-t', 'agree with the model'], { MIDGE_REPORT: '1', ...environment })
}
