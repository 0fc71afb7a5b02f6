// `npm run sim -- [--seed 1] [--seeds 1] [--hours 1] [--core esp32|host|test]`: homes full of clients and faults, each
// drawn from a seed, in virtual time, on the board's bundle, the gateway's core, or one whose limits are tiny; held to
// the model of test/model.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const CORES = {
  esp32: ['boards', 'test/board/simulation.test.ts'],
  host: ['broker', 'test/simulation/gateway.test.ts'],
  test: ['broker', 'test/simulation/tiny.test.ts'],
}

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '1' },
    core: { type: 'string', default: 'esp32' },
  },
})
const core = CORES[options.core]
if (!core) {
  console.error(`There is no core ${options.core}; cores are ${Object.keys(CORES).join(', ')}.`)
  process.exit(1)
}
const [project, file] = core
const { status } = spawnSync('npx', ['vitest', 'run', '--project', project, file, '-t', 'agree with the model',
  '--silent=false', '--disable-console-intercept'], {
  stdio: 'inherit',
  env: {
    ...process.env, MIDGE_SEED: options.seed, MIDGE_SEEDS: options.seeds, MIDGE_HOURS: options.hours, MIDGE_REPORT: '1',
  },
})
process.exit(status ?? 1)
