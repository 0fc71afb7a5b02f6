// What Node itself can give is measured by a relay that the load generator takes for a broker.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { brokerStart } from '../../scripts/bench/brokers.mjs'
import { measurePingPong } from '../../scripts/bench/latency.mjs'
import { ROWS } from '../../scripts/bench/rows.mjs'
import { measureThroughput } from '../../scripts/bench/throughput.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'

let relay: Awaited<ReturnType<typeof brokerStart>>
beforeEach(async () => { relay = await brokerStart('relay', await freePort()) })
afterEach(() => relay.stop())

const RELAYED = ['1-8', 'single', '100-8', 'exact-1k'] as const

it.each(RELAYED)('row %s: every message comes, whole and in order', async (name) => {
  const { total } = await measureThroughput(ROWS[name], relay, 0.05)
  expect(total).toBeGreaterThan(0)
})

it('ping-pong: what goes there comes back acknowledged', async () => {
  expect((await measurePingPong(relay, 10)).p50).toBeGreaterThan(0)
})
