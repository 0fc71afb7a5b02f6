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
  // At the end of a home each retained message is taken away by a packet.
  expect(counted).toBeGreaterThan((outcome.packetsIn - chronicle.samples.at(-1)!.retained) * 0.9)
  expect(counted).toBeLessThanOrEqual(outcome.packetsIn)
  const { swarm, oracle } = outcome
  const given = { core: 'host', seed: 3, hours: 0.2, swarm, oracle, failure: '' }
  const page = reportPage(given, chronicle)
  expect(page.match(/<polyline/g)).toHaveLength(7)
  const clients = oracle.tally.clients.size
  expect(clients).toBeGreaterThan(2)
  // Three tables, each with a head.
  expect(page.match(/<tr>/g)).toHaveLength(3 + clients + chronicle.marks.length + outcome.coverage.entries().length)
  expect(page.match(/aria-label="when /g)).toHaveLength(clients)
  // Axes: minutes from 0 on, and numbers from 0 on, in each of three charts.
  expect(page.match(/>0 min</g)).toHaveLength(3)
  expect(page.match(/text-anchor="end">0</g)).toHaveLength(3)
  expect(page).toContain('something went wrong')
  expect(page).toContain('<strong>Passed.</strong>')
  expect(page).toContain(outcome.hash)
  expect(page).not.toMatch(/src=|href=|NaN|undefined/)
  const failed = reportPage({ ...given, failure: 'connection 1 <b>: expected puback' }, chronicle)
  expect(failed).toMatch(/<strong>Failed\.<\/strong> [^]*connection 1 &#60;b&#62;: expected puback/)
})
