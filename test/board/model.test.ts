// The boards' bundles against the model, in the simulated board. MIDGE_SEED repeats one run.

import { test } from 'vitest'
import { runModel } from '../model/run_model'
import { boardWorld } from '../support/board_world'

const OPERATIONS = Number(process.env.MIDGE_OPERATIONS ?? 4_000)
const SEED = Number(process.env.MIDGE_SEED ?? 1)

test.each(['esp32', 'test'] as const)(`the model agrees with %s for ${OPERATIONS} operations`, async (name) => {
  await runModel(await boardWorld(name, {}, SEED), SEED, OPERATIONS)
})
