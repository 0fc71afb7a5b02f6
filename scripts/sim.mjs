// `npm run sim -- [--seed 1] [--seeds 1] [--hours 1] [--core esp32|host|test] [--coverage] [--watch]
// [--report page.html]`: homes full of clients and faults, each drawn from a seed, in virtual time, on the board's
// bundle, the gateway's core, or one whose limits are tiny; held to the model of test/model. `--coverage` lists what
// the seeds touched, and what they did not; `--watch` shows the home as it lives; `--report` writes a page about the
// last. With `--fuzz [--steps 2000]`, not homes: two senders of whatever bytes at a time.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { simulate } from './lib/simulate.mjs'

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '1' },
    core: { type: 'string', default: 'esp32' },
    coverage: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    report: { type: 'string' },
    fuzz: { type: 'boolean', default: false },
    steps: { type: 'string', default: '2000' },
  },
})
const { status } = simulate(options.core, {
  MIDGE_SEED: options.seed, MIDGE_SEEDS: options.seeds, MIDGE_HOURS: options.hours, MIDGE_STEPS: options.steps,
  MIDGE_COVERAGE: options.coverage ? '1' : '',
  MIDGE_WATCH: options.watch ? '1' : '', MIDGE_PAGE: options.report ? resolve(options.report) : '',
}, options.fuzz)
process.exit(status ?? 1)
