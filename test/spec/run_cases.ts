// The cases as tests of one board, over whatever is a World.

import { describe, test, type TestContext } from 'vitest'
import { Unsupported, type Board, type Configuration, type World } from '../support/world'
import type { Case } from './case'
import { areas } from './index'

type Create = (configuration: Configuration) => Promise<World>

async function runCase(one: Case, create: Create, context: TestContext): Promise<void> {
  try {
    const world = await create(one.configuration)
    try {
      await one.run(world)
    } finally {
      await world.close()
    }
  } catch (error) {
    if (error instanceof Unsupported) context.skip(error.message)
    throw error
  }
}

/**
 * Declares a test for every case that the board can be asked for; what the world cannot do is skipped when it runs.
 * `without`: what a case is skipped for.
 */
export function runCases(board: Board, create: Create, without: ('longTime' | 'manyPackets')[] = []): void {
  const applies = ({ needs, applies: appliesTo }: Case): boolean =>
    needs.every((feature) => board[feature]) && appliesTo(board)
  for (const [area, allCases] of Object.entries(areas)) {
    const cases = allCases.filter(applies)
    if (cases.length === 0) continue
    describe(area, () => {
      for (const one of cases) {
        test.skipIf(without.some((property) => one[property]))(one.name, (context) => runCase(one, create, context))
      }
    })
  }
}
