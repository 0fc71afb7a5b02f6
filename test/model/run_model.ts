// One life of a broker against the model.

import type { World } from '../support/world'
import { Driver } from './driver'

/** Runs operations from a seed; a failure says how to repeat it. */
export async function runModel(world: World, seed: number, operations: number): Promise<Driver> {
  const driver = new Driver(world, seed)
  try {
    for (let number = 0; number < operations; number++) await driver.step()
    await driver.finish()
  } catch (error) {
    const text = `MIDGE_SEED=${seed} on ${world.name}: ${(error as Error).message}\n${driver.lastOperations()}`
    throw new Error(text, { cause: error })
  }
  await world.close()
  return driver
}
