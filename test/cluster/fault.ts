// What happens to a cluster in a round.
import type { ClusterWorld } from './cluster_world'

const COUNT = 3
/** Milliseconds: a stopped gateway is given up by the others long before. */
const STOPPED_MS = 20_000

export type Draw = (most: number) => number

export const FAULTS: Record<string, (world: ClusterWorld, draw: Draw) => Promise<unknown>> = {
  'a gateway is killed': (world, draw) => world.gatewayRestart(draw(COUNT), 'SIGKILL', draw(4_000)),
  'a server is killed': (world, draw) => world.serverRestart(draw(COUNT), 'SIGKILL', draw(6_000)),
  'a gateway and a server are killed': (world, draw) => Promise.all([
    world.gatewayRestart(draw(COUNT), 'SIGKILL', draw(6_000)),
    world.serverRestart(draw(COUNT), 'SIGKILL', draw(6_000)),
  ]),
  'a gateway is stopped': (world, draw) => world.gatewayStop(draw(COUNT), STOPPED_MS),
  'the network between two servers is cut': (world, draw) => {
    const one = draw(COUNT)
    return world.serverCut(one, [(one + 1) % COUNT], 1_000 + draw(8_000))
  },
  'a server is alone': (world, draw) => {
    const one = draw(COUNT)
    return world.serverCut(one, [(one + 1) % COUNT, (one + 2) % COUNT], 1_000 + draw(8_000))
  },
  'gateways are restarted in turn': async world => {
    for (let i = 0; i < COUNT; i++) await world.gatewayRestart(i, 'SIGTERM', 200)
  },
  'gateways are drained in turn': async world => {
    for (let i = 0; i < COUNT; i++) await world.gatewayRestart(i, 'SIGUSR1', 200)
  },
  'servers are restarted in turn': async world => {
    for (let i = 0; i < COUNT; i++) await world.serverRestart(i, 'SIGTERM', 500)
  },
}
