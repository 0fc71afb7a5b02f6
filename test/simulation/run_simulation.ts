// One seed: a broker, clients, faults and virtual time, against the model. The seed decides all of it.

import { Driver } from '../model/driver'
import { Random } from '../model/random'
import type { World } from '../support/world'
import { FaultyWorld } from './faulty_world'
import { swarmDraw } from './swarm'

const HOUR_MS = 3_600_000

export interface Outcome {
  seed: number
  /** Of every byte that the broker sent. */
  hash: string
  steps: number
  messages: number
  fragments: number
  simulatedMs: number
  /** Names of the operations that the seed left in. */
  operations: string[]
}

/** Runs `hours` of virtual time; a failure says how to repeat it. */
export async function runSimulation(broker: World, seed: number, hours: number): Promise<Outcome> {
  // The model's driver draws from the seed itself: another sequence keeps the two from going in step.
  const random = new Random(seed ^ 0x5eed_0000)
  const swarm = swarmDraw(random)
  const world = new FaultyWorld(broker, random, swarm.fragmentMax)
  const driver = new Driver(world, seed, swarm.operations)
  let steps = 0
  try {
    for (; driver.model.time < hours * HOUR_MS; steps++) await driver.step()
    await driver.finish()
    await world.close()
  } catch (error) {
    const repeat = `npm run sim -- --core ${world.name} --seed ${seed} --hours ${hours}`
    throw new Error(`${repeat}: ${(error as Error).message}\n${driver.lastOperations()}`, { cause: error })
  }
  return {
    seed, hash: world.hash(), steps, messages: driver.messageCount, fragments: world.fragmentCount,
    simulatedMs: driver.model.time, operations: swarm.operations.map(({ name }) => name),
  }
}
