// `npm run mutations [-- --only 7]`: puts one deliberate bug after the other into the core (scripts/mutations/list.mjs)
// and runs CI's seeds against it. Prints which seed notices each; exits 1 when one is missed.
import { parseArgs } from 'node:util'
import { runTests } from './lib/vitest.mjs'

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const { status } = runTests('mutations', [], { MIDGE_MUTATIONS: '1', MIDGE_MUTATION: options.only })
process.exit(status ?? 1)
