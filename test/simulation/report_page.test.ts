// The page of a seed.
import { expect, test } from 'vitest'
import { boards } from '../support/core_instance'
import { memoryWorld } from '../support/memory_world'
import type { Configuration } from '../support/world'
import { Chronicle } from './chronicle'
import { reportPage } from './report_page'
import { runSimulation } from './run_simulation'

test('shows the samples of a seed, its faults and what it touched, and loads nothing', async () => {
  const edition = {
    name: 'host', board: boards.host,
    create: (seed: number, configuration: Configuration) => memoryWorld('host', configuration, seed),
  }
  const chronicle = new Chronicle()
  const outcome = await runSimulation(edition, 3, 0.2, chronicle)
  expect(chronicle.samples.length).toBeGreaterThan(50)
  const counted = chronicle.samples.reduce((sum, { packetsIn }) => sum + packetsIn, 0)
  expect(counted).toBeGreaterThan(outcome.packetsIn * 0.9)
  expect(counted).toBeLessThanOrEqual(outcome.packetsIn)
  const page = reportPage('host', outcome, chronicle)
  expect(page.match(/<polyline/g)).toHaveLength(7)
  expect(page.match(/<tr>/g)).toHaveLength(chronicle.marks.length + outcome.coverage.entries().length)
  expect(page).toContain(outcome.hash)
  expect(page).not.toMatch(/src=|href=|NaN|undefined/)
})
