// Seeds on the gateway's core.

import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import { simulationTests } from './seeds'

simulationTests({
  name: 'host',
  board: boards.host,
  create: (seed, configuration) => memoryWorld('host', configuration, seed),
})
