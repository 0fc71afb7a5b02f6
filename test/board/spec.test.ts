// Runs every case against the boards' bundles, in the simulated board.

import { describe } from 'vitest'
import { boardOf } from '../support/board_bundle'
import { boardWorld } from '../support/board_world'
import { runCases } from '../spec/run_cases'

for (const name of ['esp32', 'smallest', 'test'] as const) {
  describe(name, () => {
    runCases(boardOf(name), (configuration) => boardWorld(name, configuration), { packetsMax: 50_000 })
  })
}
