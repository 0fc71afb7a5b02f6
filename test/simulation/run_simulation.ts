// One seed: a home around a broker, for some hours of virtual time. The seed decides all of it.

import { Random } from '../model/random'
import type { Board, Configuration, World } from '../support/world'
import type { Chronicle } from './chronicle'
import type { Coverage } from './coverage'
import { endEverything } from './ending'
import { Home } from './home'
import { Oracle } from './oracle'
import type { Create } from './script'
import { swarmDraw, type Swarm } from './swarm'

const HOUR_MS = 3_600_000

/** The broker under test: how to start one, from a seed of its own. */
export interface Edition {
  name: string
  board: Board
  /** Its machine can have faults too. */
  isBoard?: boolean
  create(seed: number, configuration: Configuration, flash?: Uint8Array): Promise<World>
}

export interface Outcome {
  seed: number
  /** Of every byte that the broker sent. */
  hash: string
  clients: string[]
  faults: string[]
  isCrowded: boolean
  messages: number
  packetsIn: number
  packetsOut: number
  simulatedMs: number
  coverage: Coverage
  swarm: Swarm
  oracle: Oracle
}

/** A failure of a seed, with the script that leads to it. */
export class Violation extends Error {
  constructor(message: string, readonly seed: number, readonly swarm: Swarm, readonly oracle: Oracle) {
    super(message)
  }
}

/** Runs `hours` of virtual time; a failure says how to repeat it. `chronicle` hears how the home fares. */
export async function runSimulation(
  edition: Edition, seed: number, hours: number, chronicle?: Chronicle,
): Promise<Outcome> {
  // The broker's own random numbers come from the seed as well: another sequence keeps the two from going in step.
  const random = new Random(seed ^ 0x5eed_0000)
  const swarm = swarmDraw(random, edition.board, edition.isBoard ?? false)
  const create: Create = (configuration, flash) => edition.create(seed, configuration, flash)
  const oracle = await Oracle.start(create, swarm.isCrowded, swarm.configuration)
  const home = new Home(oracle, random, swarm, chronicle)
  try {
    await home.live(hours * HOUR_MS)
    await endEverything(oracle, edition.isBoard ?? false, create)
    await oracle.close()
  } catch (error) {
    throw new Violation((error as Error).message, seed, swarm, oracle)
  }
  return {
    seed, hash: oracle.digest(), messages: home.messageCount, packetsIn: oracle.packetsIn,
    packetsOut: oracle.packetsOut, simulatedMs: oracle.time, clients: swarm.actors.map(({ name }) => name),
    faults: swarm.faults.map(({ name }) => name), isCrowded: swarm.isCrowded, coverage: oracle.coverage, swarm, oracle,
  }
}
