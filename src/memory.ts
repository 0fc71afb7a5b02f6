// Every byte that the core handles: receive rings, packets being packed, the route cache's topics, the pool.
// One array, so that one native window (Espruino) or copyWithin (Node) serves every bulk operation, and a
// range is two numbers. MEMORY_SIZE_START bytes (src/limits.ts); on a computer the pool at its end grows.
import { MEMORY_SIZE_START } from './limits'

export let memory = new Uint8Array(MEMORY_SIZE_START)

/** Makes memory `size` bytes long; offsets stay what they are, views of the old array do not. Computers only. */
export function memoryGrow(size: number): void {
  const grown = new Uint8Array(size)
  grown.set(memory)
  memory = grown
}
