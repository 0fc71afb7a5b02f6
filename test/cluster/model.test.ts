// The model's random operations on three gateways that are one broker. MIDGE_SEED repeats a run, MIDGE_OPERATIONS makes
// it longer.
import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { runModel } from '../model/run_model'
import { type Way, engineStart, engineStop, severalWorld } from './several_world'

// What gateways note for each other follows the test's clock.
vi.mock('../../src/port/node/time', async original => {
  const wallMs = (): number => 1_700_000_000_000 + performance.now()
  return { ...await original<object>(), wallMs, secondsNow: () => Math.floor(wallMs() / 1_000) }
})

const OPERATIONS = Number(process.env.MIDGE_OPERATIONS ?? 600)
/** A broker lives this many operations; then a fresh one, with the next seed, goes on. */
const OPERATIONS_PER_BROKER = 300
const SEED = Number(process.env.MIDGE_SEED ?? 1)
const WAYS = (process.env.MIDGE_WAYS ?? 'random moving').split(' ') as Way[]

describe.skipIf(natsMissing)(`the model ${natsMissing}`, () => {
  beforeAll(engineStart)
  afterAll(engineStop)

  test.each(WAYS)(`agrees with several gateways for ${OPERATIONS} operations, clients %s`, async way => {
    for (let done = 0, seed = SEED; done < OPERATIONS; done += OPERATIONS_PER_BROKER, seed++) {
      await runModel(await severalWorld({}, way, seed), seed, Math.min(OPERATIONS - done, OPERATIONS_PER_BROKER))
    }
  })
})
