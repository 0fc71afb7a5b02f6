// Runs the cases against the boards' bundles in a real Espruino, which ESPRUINO names; tiny limits only for what needs
// them. About three minutes.

import { describe } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { runCases, type RunOptions } from '../spec/run_cases'
import { boardOf, type BundleName } from '../support/board_bundle'
import { engineWorld } from '../support/engine_world'

const run = (name: BundleName, options: RunOptions = {}): void =>
  runCases(boardOf(name), (configuration) => engineWorld(name, configuration), { packetsMax: 1_000, ...options })

describe.skipIf(!ESPRUINO)('esp32 in Espruino', () => run('esp32'))
describe.skipIf(!ESPRUINO)('smallest in Espruino', () => run('smallest'))
describe.skipIf(!ESPRUINO)('tiny limits in Espruino', () => run('test', { beside: boardOf('esp32') }))
