// bind_interface: a listener of an interface of this computer listens on the addresses that the interface has at the
// start. (mosquitto ties its socket to the interface by an option of Linux that Node does not have.)
import { networkInterfaces } from 'node:os'
import type { ListenerDraft } from './draft'
import { ConfigurationError } from './entries'
import { EVERY_ADDRESS } from './listener_keys'

/** By the host of a listener that has none of its own: the families that it takes. */
const FAMILIES: Record<string, string[]> = {
  [EVERY_ADDRESS]: ['IPv4', 'IPv6'], '0.0.0.0': ['IPv4'], '::': ['IPv6'],
}

/** Where a listener listens: as many hosts as it needs sockets. */
export function hostsOf({ options, boundTo }: ListenerDraft): (string | undefined)[] {
  if (!boundTo) return [options.host]
  const { name, place } = boundTo
  if (options.path !== undefined) {
    throw new ConfigurationError(place, 'a Unix socket has no interface: delete bind_interface.')
  }
  const all = networkInterfaces()
  if (!all[name]) {
    throw new ConfigurationError(
      place, `bind_interface is ${name}; this computer has ${Object.keys(all).join(', ')} with an address.`)
  }
  const host = options.host ?? EVERY_ADDRESS
  const fitting = all[name].filter(({ address, family }) => FAMILIES[host]?.includes(family) ?? address === host)
  if (!fitting.length) throw new ConfigurationError(place, `the interface ${name} has no address for ${host}.`)
  return fitting.map(({ address, scopeid }) => scopeid ? `${address}%${name}` : address)
}
