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

export interface RunOptions {
  /** Cases that send more are skipped. */
  packetsMax?: number
  /** Cases that this board has run are left out. */
  beside?: Board
  /** The areas; all unless told. */
  only?: readonly string[]
  /** Cases by name that must fail, as this world does otherwise; and how. */
  differs?: Readonly<Record<string, string>>
  /** Cases by name that say nothing of this world, and why. */
  without?: Readonly<Record<string, string>>
}

const applies = ({ needs, applies: appliesTo }: Case, board: Board): boolean =>
  needs.every((feature) => board[feature]) && appliesTo(board)

/** All cases that a board can be asked for. */
export const casesFor = (board: Board): Case[] => Object.values(areas).flat().filter((one) => applies(one, board))

/** Declares a test for every case that the board can be asked for; what the world cannot do is skipped when it runs. */
export function runCases(board: Board, create: Create, options: RunOptions = {}): void {
  const { packetsMax = Infinity, beside, only, differs = {}, without = {} } = options
  for (const [area, allCases] of Object.entries(areas)) {
    const cases = allCases.filter((one) => applies(one, board) && !(beside && applies(one, beside)))
    if (cases.length === 0 || only && !only.includes(area)) continue
    describe(area, () => {
      for (const one of cases) {
        const isOther = Object.hasOwn(differs, one.name)
        const name = isOther ? `${one.name}: ${differs[one.name]}` : one.name
        const run = (context: TestContext): Promise<void> => runCase(one, create, context)
        if (Object.hasOwn(without, one.name)) test.skip(`${name}: ${without[one.name]}`, run)
        else if (isOther) test.fails(name, run)
        else test.skipIf(one.packets > packetsMax)(name, run)
      }
    })
  }
}
