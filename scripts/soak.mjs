// `npm run soak [-- --core esp32|host|test] [--hours 1] [--seed N]`: seeds that nobody has run, until it is stopped
// (Ctrl-C). What fails is kept in .cache/soak, one file a seed: how to repeat it, and the script that it was shrunk to.
import { randomInt } from 'node:crypto'
import { Option } from 'commander'
import { commandLine, positive, wholeNumber } from './lib/command_line.mjs'
import { CORES, simulate } from './lib/simulate.mjs'

const SEEDS_AT_ONCE = 100

const options = commandLine('soak')
  .description('Seeds that nobody has run, until it is stopped (Ctrl-C); what fails is kept in .cache/soak.')
  .addOption(new Option('--core <name>', 'as npm run sim has them').choices(CORES).default('esp32'))
  .option('--hours <number>', 'virtual hours of each seed', positive, 1)
  .option('--seed <number>', 'the first seed; drawn unless told', wholeNumber(0))
  .parse().opts()
const first = options.seed ?? randomInt(1_000_000, 2 ** 31)
for (let seed = first, signal = null; signal === null; seed += SEEDS_AT_ONCE) {
  ({ signal } = simulate(options.core, {
    MIDGE_SEED: String(seed), MIDGE_SEEDS: String(SEEDS_AT_ONCE), MIDGE_HOURS: String(options.hours),
    MIDGE_KEEP: '.cache/soak',
  }))
}
