// What the broker's page adds to the options of a gateway.
import type { GatewayOptions } from '../configuration/options'
import type { MetricsAddress } from './metrics'

/** A listener for the page, whose clients are judged as those of the others are. Throws where these differ. */
export function dashboardAdd(gateway: GatewayOptions, { host, port }: MetricsAddress): void {
  const realms = new Set(gateway.listeners.map(({ realm }) => realm))
  if (realms.size > 1) {
    throw new Error('--dashboard needs listeners with the same users: say dashboard true at one with websockets.')
  }
  const [realm] = realms
  gateway.listeners.push({ protocol: 'websockets', dashboard: true, host, port, realm })
}

/** The page shows the log as topics have it. */
export function dashboardLog({ listeners, log: { destinations } }: GatewayOptions): void {
  if (!listeners.some(({ dashboard }) => dashboard)) return
  if (!destinations.some(({ kind }) => kind === 'topic')) destinations.push({ kind: 'topic' })
}
