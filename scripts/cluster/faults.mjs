// `npm run cluster:faults -- [--rounds 10] [--seed 1] [--groups 1] [--fault "a gateway"]`: three NATS servers and
// three gateways on this computer, and one thing that goes wrong each round while clients publish and move;
// test/cluster judges.
import { randomInt } from 'node:crypto'
import { commandLine, wholeNumber } from '../lib/command_line.mjs'
import { runTests } from '../lib/vitest.mjs'
import { natsMissing } from './nats_servers.mjs'

const options = commandLine('cluster:faults')
  .description('Parts of a cluster on this computer fail at random under load; what was acknowledged must be there.')
  .option('--rounds <count>', 'how many faults', wholeNumber(1), 10)
  .option('--seed <number>', 'which; drawn unless told', wholeNumber(0))
  .option('--groups <count>', 'shared subscriptions, of two members each', wholeNumber(1), 1)
  .option('--fault <words>', 'only those that have these words in their name')
  .parse().opts()
if (natsMissing) {
  console.error(natsMissing)
  process.exit(1)
}
const seed = options.seed ?? randomInt(1_000_000)
console.log(`seed ${seed}`)
const { status } = runTests('clients', ['test/cluster/faults.test.ts'], {
  MIDGE_ROUNDS: String(options.rounds), MIDGE_SEED: String(seed), MIDGE_GROUPS: String(options.groups),
  ...options.fault && { MIDGE_FAULT: options.fault },
})
process.exit(status ?? 1)
