// The gateway's core and bridge in a bridged home, on terms that a seed draws.

import { Random } from '../../model/random'
import type { BridgedEdition } from './bridged_seeds'
import { GatewaySide } from './gateway_side'

/** What is written before the session is asked to wait, and what may come of one read of it: outgoing.ts, the port. */
const WAITING_MAX = 400_000

export const gatewayEdition: BridgedEdition = {
  name: 'host',
  terms: (seed) => {
    const random = new Random(seed + 1_000)
    const queueMax = random.pick([20, 200, 1_000])
    const bytesMax = random.pick([Infinity, Infinity, 1_500])
    const policy = random.pick(['newest', 'newest', 'oldest', 'latest'] as const)
    const options = {
      name: 'up', addresses: [{ host: 'there' }], restartTimeout: random.pick([1, 5, 30]),
      remote: { clientIdentifier: 'here' }, protocolVersion: random.pick([undefined, 4, 5] as const),
      topics: [
        { pattern: 'out/#', direction: 'out', qos: 2 } as const, { pattern: 'in/#', direction: 'in', qos: 2 } as const,
      ],
      receiveMaximum: random.pick([1, 20, 256]), keepAlive: random.pick([10, 60]), queuedMessages: queueMax,
      queuedBytes: bytesMax === Infinity ? 0 : bytesMax, queuePolicy: policy,
    }
    return {
      queueMax, bytesMax, policy, largeMax: 0, waitingMax: WAITING_MAX,
      side: (line, nowMs) => new GatewaySide(seed, line, options, 'in/#', nowMs),
    }
  },
}
