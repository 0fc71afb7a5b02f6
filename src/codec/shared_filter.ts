// The Topic Filter of a shared subscription, `$share/name/filter`. [MQTT 5.0 section 4.8.2]
import { portIndexOf, portIndexOfWildcard } from 'runtime'
import { NONE } from '../limits'
import { memory } from '../memory'
import { SLASH, filterParse } from './topic'
import type { Offset } from '../kinds'

/** `$share/`, as a filter starts that is shared. */
const PREFIX = '$share/'

/**
 * Bytes of `$share/name/` in front of the filter parsed last; 0: it is not shared, NONE: it is ill-formed. Life: until
 * the next sharedFilterParse, at most to the end of the call into the core (sharedFilterOver).
 */
export let sharedPrefixSize = 0

/** Judges a filter, shared or not; what stands behind the prefix is left where filterParse leaves it. */
export function sharedFilterParse(start: Offset, size: number): boolean {
  sharedPrefixSize = prefixSize(start, size)
  return sharedPrefixSize >= 0 && filterParse(start + sharedPrefixSize, size - sharedPrefixSize)
}

/** [MQTT-4.8.2-1] [MQTT-4.8.2-2] */
function prefixSize(start: Offset, size: number): number {
  if (!isShared(start, size)) return 0
  if (size < PREFIX.length) return NONE
  const name = start + PREFIX.length
  const end = start + size
  const slash = portIndexOf(SLASH, name, end)
  if (slash <= name || slash + 1 === end) return NONE
  return portIndexOfWildcard(name, slash) < 0 ? slash + 1 - start : NONE
}

function isShared(start: Offset, size: number): boolean {
  if (size < PREFIX.length - 1) return false
  for (let i = 0; i < PREFIX.length && i < size; i++) if (memory[start + i] !== PREFIX.charCodeAt(i)) return false
  return true
}

/** For the port of tests: what stands in the register is over. */
export function sharedFilterOver(over: never): void {
  sharedPrefixSize = over
}
