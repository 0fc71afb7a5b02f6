// What stands for an address in tables: an attacker has a whole /64 of IPv6, and IPv4 may be written as IPv6.
import { isIPv6 } from 'node:net'

/** The first 64 bits of an address of IPv6, as four groups. */
function prefixOf(address: string): string {
  const [head, tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    // An address of IPv4 at the end is two groups.
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0)
    while (groups.length < 8 - after) groups.push('0')
  }
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group || '0', 16).toString(16)).join(':')}::/64`
}

export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]
  // A zone is no part of it, and a key stands for itself.
  const bare = address.replace(/%.*$|\/64$/, '')
  return isIPv6(bare) && address !== '::1' ? prefixOf(bare) : address
}
