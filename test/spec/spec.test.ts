// Runs every case against the core with a computer's limits, with tiny ones, and with the smallest set of features.

import { describe } from 'vitest'
import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import { runCases } from './run_cases'

for (const name of ['host', 'test', 'smallest'] as const) {
  describe(name, () => runCases(boards[name], (configuration) => memoryWorld(name, configuration)))
}
