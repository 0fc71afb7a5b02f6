// Runs the seeds of test/simulation on one core; the environment says which, see test/simulation/seeds.ts and
// fuzz_seeds.ts.
import { runTests } from './vitest.mjs'

/** @type {Record<string, [project: string, file: string]>} */
const CORES = {
  esp32: ['boards', 'test/board/simulation.test.ts'],
  host: ['broker', 'test/simulation/gateway.test.ts'],
  test: ['broker', 'test/simulation/tiny.test.ts'],
}

/** @type {typeof CORES} */
const FUZZED = {
  esp32: ['boards', 'test/board/fuzz.test.ts'],
  host: ['broker', 'test/simulation/fuzz.test.ts'],
}

/**
 * Answers the status and the signal that it ended with; a core that there is not ends the program.
 * @param {string} core
 * @param {Record<string, string>} environment
 * @param {boolean} [isFuzz] two senders of whatever bytes instead of homes
 */
export function simulate (core, environment, isFuzz = false) {
  const cores = isFuzz ? FUZZED : CORES
  if (!cores[core]) {
    console.error(`There is no core ${core}; cores are ${Object.keys(cores).join(', ')}.`)
    process.exit(1)
  }
  const [project, file] = cores[core]
  return runTests(project, [file, '-t', 'agree with the model'], { MIDGE_REPORT: '1', ...environment })
}
