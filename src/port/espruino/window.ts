// What the port sees bytes through: strings that show memory's bytes without a copy, and the engine's functions that
// work on them. Methods are bound once, since looking one up costs 8,000 instructions.
import { MEMORY_WINDOW } from '../../limits'
import { memory } from '../../memory'
import type { Offset } from '../../kinds'

/**
 * A string that shows the bytes of an array as they are now. E.memoryArea takes an address of 32 bits, which Espruino
 * for computers does not have; there E.toString of a whole flat array is the same thing.
 */
export function nativeWindow(array: Uint8Array): string {
  return MEMORY_WINDOW ? E.memoryArea(E.getAddressOf(array, true), array.length) : E.toString(array)!
}

const view = nativeWindow(memory)
/** Puts the bytes of a string into memory. */
export const put = memory.set.bind(memory) as unknown as (bytes: string, target: number) => void
export const crc = E.CRC32

/** A range of memory as a string; it shows what lies there when it is read: use it at once, or copy it by `+ ''`. */
export const memoryWindow: (start: Offset, size: number) => string = view.substr.bind(view)

/** Characters of bytes. */
export const characters = String.fromCharCode
