// A full home takes no more of the engine's variables than its board's budget says. ESPRUINO names the engine; only one
// with an ESP32's variables of 14 bytes holds the budget.

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ESPRUINO } from '../build/espruino'

it.skipIf(!ESPRUINO).each(['esp32', 'esp32c3'])('a full home is within the budget of %s', (board) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/memory.mjs', '--board', board], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/A full home may take [\d,]+: /)
  expect(stdout).toMatch(/4 x 16 messages queued +[\d,]+/)
  expect(status).toBe(0)
})
