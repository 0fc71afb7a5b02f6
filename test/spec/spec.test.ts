// Runs every case against the core with a computer's limits, with tiny ones, and with the smallest set of features.

import { describe, test } from 'vitest'
import { boards, type BoardName } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import type { Case } from './case'
import { areas } from './index'

const applies = ({ needs, applies: appliesTo }: Case, name: BoardName): boolean =>
  needs.every((feature) => boards[name][feature]) && appliesTo(boards[name])

for (const name of ['host', 'test', 'esp32', 'smallest'] as const) {
  describe(name, () => {
    for (const [area, allCases] of Object.entries(areas)) {
      const cases = allCases.filter((candidate) => applies(candidate, name))
      if (cases.length === 0) continue
      describe(area, () => {
        for (const one of cases) {
          test(one.name, async () => {
            const world = await memoryWorld(name, one.configuration)
            try {
              await one.run(world)
            } finally {
              await world.close()
            }
          })
        }
      })
    }
  })
}
