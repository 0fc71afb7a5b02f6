// Keys of Midge's own that say how the gateway is announced by mDNS.
import type { Draft, KeyHandler } from './draft'
import { setOnce } from './draft'
import { ConfigurationError } from './entries'
import type { GatewayOptions } from './options'
import { readText } from './values'

export const MDNS_KEYS: Record<string, KeyHandler> = {
  mdns: ({ options }, entry) => {
    if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/i.test(entry.value)) {
      throw new ConfigurationError(
        entry, `mdns is ${entry.value}; say a name of up to 63 letters, digits and hyphens, true or false.`)
    }
    if (entry.value === 'false') return
    const isNamed = !['', 'true'].includes(entry.value)
    setOnce<'mdns', NonNullable<GatewayOptions['mdns']>>(options, 'mdns', isNamed ? { name: entry.value } : {}, entry)
  },
  mdns_interface: (draft, entry) => {
    draft.mdnsPlace ??= entry
    draft.mdnsInterfaces.push(readText(entry))
  },
}

/** Interfaces belong to what is announced, wherever that stands. */
export function mdnsFinish({ options, mdnsInterfaces, mdnsPlace }: Draft): void {
  if (!mdnsPlace) return
  if (!options.mdns) {
    throw new ConfigurationError(mdnsPlace, 'mdns_interface says where mdns is announced; write mdns too.')
  }
  options.mdns.interfaces = mdnsInterfaces
}
