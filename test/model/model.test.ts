// The broker against the model, operation by operation. MIDGE_SEED repeats one run, MIDGE_OPERATIONS makes it longer.

import { describe, test } from 'vitest'
import { memoryWorld } from '../support/memory_world'
import type { Driver } from './driver'
import { runModel } from './run_model'

const OPERATIONS = Number(process.env.MIDGE_OPERATIONS ?? 100_000)
/** A broker lives this many operations; then a fresh one, with the next seed, goes on. */
const OPERATIONS_PER_BROKER = 5_000
const FIRST_SEED = Number(process.env.MIDGE_SEED ?? 1)

const run = async (name: 'host' | 'test', seed: number, operations: number): Promise<Driver> =>
  runModel(await memoryWorld(name, {}, seed), seed, operations)

describe('the model', () => {
  test(`agrees on a computer's limits for ${OPERATIONS} operations`, async () => {
    for (let done = 0, seed = FIRST_SEED; done < OPERATIONS; done += OPERATIONS_PER_BROKER, seed++) {
      await run('host', seed, Math.min(OPERATIONS - done, OPERATIONS_PER_BROKER))
    }
  })

  test(`agrees on tiny limits for ${OPERATIONS / 2} operations`, async () => {
    let accepted = 0
    let refused = 0
    for (let done = 0, seed = FIRST_SEED; done < OPERATIONS / 2; done += OPERATIONS_PER_BROKER, seed++) {
      const driver = await run('test', seed, Math.min(OPERATIONS / 2 - done, OPERATIONS_PER_BROKER))
      accepted += driver.acceptedCount
      refused += driver.refusedCount
    }
    // Refusing everything would agree with the model too.
    if (accepted < refused) throw new Error(`${refused} messages were refused and only ${accepted} accepted`)
  })
})
