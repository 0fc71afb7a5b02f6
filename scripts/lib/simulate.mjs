// Runs the seeds of test/simulation on one core; the environment says which, see test/simulation/seeds.ts.
import { runTests } from './vitest.mjs'

/** @type {Record<string, [project: string, file: string]>} */
const CORES = {
  esp32: ['boards', 'test/board/simulation.test.ts'],
  host: ['broker', 'test/simulation/gateway.test.ts'],
  test: ['broker', 'test/simulation/tiny.test.ts'],
}

/**
 * Answers the status and the signal that it ended with; a core that there is not ends the program.
 * @param {string} core
 * @param {Record<string, string>} environment
 */
export function simulate (core, environment) {
  if (!CORES[core]) {
    console.error(`There is no core ${core}; cores are ${Object.keys(CORES).join(', ')}.`)
    process.exit(1)
  }
  const [project, file] = CORES[core]
  return runTests(project, [file, '-t', 'agree with the model'], { MIDGE_REPORT: '1', ...environment })
}
