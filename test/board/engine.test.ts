// Runs the cases against the boards' bundles in a real Espruino, which ESPRUINO names; tiny limits only for what needs
// them. About three minutes.

import { describe } from 'vitest'
import { RECORDS_MAKE } from '../../scripts/lib/espruino.mjs'
import { ESPRUINO } from '../build/espruino'
import { runCases, type RunOptions } from '../spec/run_cases'
import { boardOf, type BundleName } from '../support/board_bundle'
import { engineWorld } from '../support/engine_world'

const run = (name: BundleName, options: RunOptions = {}, before = ''): void => {
  const open: Parameters<typeof runCases>[1] = (configuration) => engineWorld(name, configuration, before)
  runCases(boardOf(name), open, { packetsMax: 1_000, ...options })
}

describe.skipIf(!ESPRUINO)('esp32 in Espruino', () => run('esp32', {}, RECORDS_MAKE))
describe.skipIf(!ESPRUINO)('smallest in Espruino', () => run('smallest'))
describe.skipIf(!ESPRUINO)('tiny limits in Espruino', () => run('test', { beside: boardOf('esp32') }))
