// `npm run mutations [-- --only 7]`: puts one deliberate bug after the other into the core (scripts/mutations/list.mjs)
// and runs CI's seeds against it. Prints which seed notices each; exits 1 when one is missed.
import { commandLine, wholeNumber } from './lib/command_line.mjs'
import { runTests } from './lib/vitest.mjs'

const options = commandLine('mutations')
  .description('Puts one deliberate bug after the other into the core, and says which of CI\'s seeds notices each.')
  .option('--only <number>', 'one of them', wholeNumber(0))
  .parse().opts()
const { status } = runTests('mutations', [], { MIDGE_MUTATIONS: '1', MIDGE_MUTATION: String(options.only ?? '') })
process.exit(status ?? 1)
