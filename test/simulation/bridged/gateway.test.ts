// Bridged homes around the gateway's core and bridge: see bridged_home.ts.

import { test, vi } from 'vitest'
import { bridgedTests, live } from './bridged_seeds'
import { gatewayEdition } from './gateway_edition'

vi.mock('../../../src/port/node/bridge/network', () => import('./line_network'))

bridgedTests(gatewayEdition)

/** Seeds that have found a bug, and the virtual hours until then. */
const FOUND: [seed: number, hours: number, bug: string][] = [
  [109, 0.6, 'a broker of 3.1.1 without room closes the connection, and that is not the message\'s fault'],
]

test.each(FOUND)('seed %i, %d hours: %s', async (seed, hours) => {
  await live(gatewayEdition, seed, hours)
})
