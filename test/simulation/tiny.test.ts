// Seeds on a core whose limits are so small that homes reach every one.

import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import { simulationTests } from './seeds'

simulationTests({
  name: 'test',
  board: boards.test,
  create: (seed, configuration) => memoryWorld('test', configuration, seed),
})
