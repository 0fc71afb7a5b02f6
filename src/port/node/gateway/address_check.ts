// Whether somebody knows the names of computers that listeners are bound to.
import { lookup } from 'node:dns/promises'
import { ConfigurationError } from '../configuration/entries'
import type { GatewayOptions } from '../configuration/options'
import { EVERY_ADDRESS } from '../configuration/listener_keys'

/** What is wrong with the addresses of listeners, a sentence each. */
export async function addressErrors({ listeners, listenerPlaces }: GatewayOptions): Promise<ConfigurationError[]> {
  const errors = await Promise.all(listeners.map(async ({ host, path }, i) => {
    if (host === undefined || host === EVERY_ADDRESS || path !== undefined) return []
    return lookup(host).then(() => [], () => [new ConfigurationError(
      listenerPlaces[i], `nobody knows the address of ${host}; give one of this computer, or none for all of them.`)])
  }))
  return errors.flat()
}
