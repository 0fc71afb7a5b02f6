// `npm run cluster:clauses -- [--way moving] [--seed 1] [--operations 3000]`: the clause cases and the model's random
// operations on three gateways that are one broker, on a NATS server of this computer.
import { Option } from 'commander'
import { commandLine, wholeNumber } from '../lib/command_line.mjs'
import { runTests } from '../lib/vitest.mjs'
import { natsMissing } from './nats_servers.mjs'

const options = commandLine('cluster:clauses')
  .description('The clause cases and the model\'s random operations on several gateways that are one broker.')
  .addOption(new Option('--way <way>', 'where clients connect: each at a gateway of its own, or another one each time')
    .choices(['random', 'moving']))
  .option('--seed <number>', 'which gateways, and which operations', wholeNumber(0), 1)
  .option('--operations <count>', 'of the model', wholeNumber(1), 3_000)
  .parse().opts()
if (natsMissing) {
  console.error(natsMissing)
  process.exit(1)
}
const { status } = runTests('clients', ['test/cluster/spec.test.ts', 'test/cluster/model.test.ts'], {
  MIDGE_WAYS: options.way ?? 'random moving', MIDGE_SEED: String(options.seed),
  MIDGE_OPERATIONS: String(options.operations),
})
process.exit(status ?? 1)
