// `npm run soak [-- --core esp32|host|test] [--hours 1] [--seed N]`: seeds that nobody has run, until it is stopped
// (Ctrl-C). What fails is kept in .cache/soak, one file a seed: how to repeat it, and the script that it was shrunk to.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { simulate } from './lib/simulate.mjs'

const SEEDS_AT_ONCE = 100

const { values: options } = parseArgs({
  options: {
    core: { type: 'string', default: 'esp32' },
    hours: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(randomInt(1_000_000, 2 ** 31)) },
  },
})
for (let seed = Number(options.seed), signal = null; signal === null; seed += SEEDS_AT_ONCE) {
  ({ signal } = simulate(options.core, {
    MIDGE_SEED: String(seed), MIDGE_SEEDS: String(SEEDS_AT_ONCE), MIDGE_HOURS: options.hours, MIDGE_KEEP: '.cache/soak',
  }))
}
