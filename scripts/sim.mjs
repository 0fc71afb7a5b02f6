// `npm run sim -- [--seed 1] [--seeds 1] [--hours 1] [--core esp32|host|test] [--coverage] [--watch]
// [--report page.html]`: homes full of clients and faults, each drawn from a seed, in virtual time, on the board's
// bundle, the gateway's core, or one whose limits are tiny; held to the model of test/model. `--coverage` lists what
// the seeds touched, and what they did not; `--watch` shows the home as it lives; `--report` writes a page about the
// last. With `--fuzz [--steps 2000]`, not homes: two senders of whatever bytes at a time. With `--bridged`, a broker
// with a bridge, and another one that is away in every way; with `--boards 100` so many of them at one gateway. With
// `--days 365` one home with Zigbee2MQTT, Home Assistant, ESPHome and Tasmota, and how long the board's flash lasts.
import { resolve } from 'node:path'
import { Option } from 'commander'
import { commandLine, positive, wholeNumber } from './lib/command_line.mjs'
import { CORES, simulate } from './lib/simulate.mjs'

const options = commandLine('sim')
  .description('Homes full of clients and faults, each drawn from a seed, in virtual time, held to a second broker.')
  .option('--seed <number>', 'the first seed', wholeNumber(0), 1)
  .option('--seeds <count>', 'how many', wholeNumber(1), 1)
  .option('--hours <number>', 'virtual hours of each', positive, 1)
  .addOption(new Option('--core <name>', 'the board\'s bundle, the gateway\'s core, or one whose limits are tiny')
    .choices(CORES).default('esp32'))
  .option('--coverage', 'list what the seeds touched, and what they did not')
  .option('--watch', 'show the home as it lives')
  .option('--report <page.html>', 'write a page about the last seed')
  .addOption(new Option('--fuzz', 'not homes: two senders of whatever bytes at a time').conflicts(['watch', 'report']))
  .option('--steps <count>', 'of a seed with --fuzz', wholeNumber(1), 2_000)
  .addOption(new Option('--bridged', 'a broker with a bridge to another one, which is away in every way')
    .conflicts(['fuzz', 'watch', 'report', 'coverage']))
  .addOption(new Option('--boards <count>', 'so many boards, each with a bridge to one gateway')
    .argParser(wholeNumber(1, 500)).conflicts(['fuzz', 'watch', 'report', 'coverage', 'bridged']))
  .addOption(new Option('--days <number>', 'one home of the usual kind for so many days, and what its flash bears')
    .argParser(positive).conflicts(['fuzz', 'watch', 'report', 'coverage', 'bridged', 'boards', 'seeds', 'hours']))
  .parse().opts()
const kind = (/** @type {const} */ (['fuzz', 'boards', 'bridged', 'days'])).find(name => options[name]) ?? 'homes'
const { status } = simulate(options.core, {
  MIDGE_SEED: String(options.seed), MIDGE_SEEDS: String(options.seeds), MIDGE_HOURS: String(options.hours),
  MIDGE_STEPS: String(options.steps), MIDGE_BOARDS: options.boards ? String(options.boards) : '',
  ...options.days && { MIDGE_DAYS: String(options.days) },
  MIDGE_COVERAGE: options.coverage ? '1' : '',
  MIDGE_WATCH: options.watch ? '1' : '', MIDGE_PAGE: options.report ? resolve(options.report) : '',
}, kind)
process.exit(status ?? 1)
