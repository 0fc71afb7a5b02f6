// Two senders at a time on the gateway's core.

import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import { fuzzTests } from './fuzz_seeds'
import { SEEDS_IN_CI } from './seeds'

fuzzTests({
  name: 'host',
  board: boards.host,
  create: (seed, configuration) => memoryWorld('host', configuration, seed),
}, SEEDS_IN_CI.length)
