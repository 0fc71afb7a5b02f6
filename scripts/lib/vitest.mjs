// Tests that are a command of their own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const QUIET = fileURLToPath(new URL('quiet_reporter.mjs', import.meta.url))

/**
 * Runs tests of a project and shows what they print; answers the status and the signal that they ended with.
 * @param {string} project
 * @param {string[]} options
 * @param {Record<string, string>} environment
 */
export const runTests = (project, options, environment) =>
  spawnSync('npx', ['vitest', 'run', '--project', project, ...options, `--reporter=${QUIET}`,
    '--silent=false', '--disable-console-intercept'], { stdio: 'inherit', env: { ...process.env, ...environment } })
