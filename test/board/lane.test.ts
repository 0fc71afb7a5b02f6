// The express lane is no second opinion: a board that was built without it sends the same bytes to every client, in
// every case and whatever random clients do, but for the Packet Identifiers that it chooses, and for which messages at
// QoS 0 it drops for a client that does not read. MIDGE_SEED repeats one run, MIDGE_OPERATIONS makes it longer.
import { deepStrictEqual } from 'node:assert'
import { describe, test, type TestContext } from 'vitest'
import { Random } from '../model/random'
import type { Case } from '../spec/case'
import { casesFor } from '../spec/run_cases'
import { boardOf, type BundleName } from '../support/board_bundle'
import { boardWorld } from '../support/board_world'
import { Unsupported } from '../support/world'
import { laneStep, type Scene } from './lane_steps'
import { transcriptOf } from './transcript'
import { twinWorld } from './twin'

const STEPS = Number(process.env.MIDGE_OPERATIONS ?? 1_000)
/** Boards live this many steps: what a client was sent is kept until the end. */
const STEPS_PER_BOARD = 500
/** Steps that a failure prints. */
const HISTORY = 30
const SEED = Number(process.env.MIDGE_SEED ?? 1)

/** What every connection of a case was sent, in the order in which they came. */
async function transcript(name: BundleName, one: Case): Promise<string[]> {
  const world = await boardWorld(name, one.configuration)
  await one.run(world)
  return world.opened.map((peer) => transcriptOf(peer))
}

async function compareCase(one: Case, context: TestContext): Promise<void> {
  try {
    deepStrictEqual(await transcript('esp32', one), await transcript('esp32-without-lane', one))
  } catch (error) {
    if (error instanceof Unsupported) context.skip(error.message)
    throw error
  }
}

describe('with and without the lane, the same bytes', () => {
  for (const one of casesFor(boardOf('esp32'))) {
    if (one.packets < 10_000 && !one.longTime) test(one.name, (context) => compareCase(one, context))
  }

  test.each([['esp32', 'esp32-without-lane'], ['tiny-lane', 'tiny-without-lane']] as const)(
    `%s: ${STEPS} steps of random clients`, async (first, second) => {
      for (let done = 0, seed = SEED; done < STEPS; done += STEPS_PER_BOARD, seed++) {
        const world = await twinWorld(first, second, seed)
        const scene: Scene =
          { world, random: new Random(seed), count: 0, paused: new Set(), identifiers: 0, history: [] }
        try {
          for (let step = 0; step < Math.min(STEPS_PER_BOARD, STEPS - done); step++) await laneStep(scene)
        } catch (error) {
          const history = scene.history.slice(-HISTORY).join('\n')
          throw new Error(`MIDGE_SEED=${seed}: ${(error as Error).message}\n${history}`, { cause: error })
        }
      }
    })
})
