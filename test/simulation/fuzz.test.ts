// Two senders at a time on the gateway's core.

import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import { FUZZ_SEEDS_IN_CI, fuzzTests } from './fuzz_seeds'

fuzzTests({
  name: 'host',
  board: boards.host,
  create: (seed, configuration) => memoryWorld('host', configuration, seed),
}, FUZZ_SEEDS_IN_CI)
