// Bulk work on bytes for an interpreter: each is one or two native calls on a window over memory, a string that shows
// memory's bytes without a copy. Methods are bound once, since looking one up costs 8,000 instructions.
//
// Instructions on a 32-bit Espruino (npm run cost): window 6,700, hash of 30 bytes 14,500, equal 18,000, copy of 30
// bytes 27,600.
import { MEMORY_WINDOW } from '../../limits'
import { memory } from '../../memory'
import type { Chunk } from '../port'
import type { Offset } from '../../kinds'

/**
 * A string that shows the bytes of an array as they are now. E.memoryArea takes an address of 32 bits, which Espruino
 * for computers does not have; there E.toString of a whole flat array is the same thing.
 */
export function nativeWindow(array: Uint8Array): string {
  return MEMORY_WINDOW ? E.memoryArea(E.getAddressOf(array, true), array.length) : E.toString(array)!
}

const view = nativeWindow(memory)
const put = memory.set.bind(memory) as unknown as (bytes: string, target: number) => void
export const crc = E.CRC32
const stringify = JSON.stringify

/** A range of memory as a string; it shows what lies there when it is read: use it at once, or copy it by `+ ''`. */
export const memoryWindow: (start: Offset, size: number) => string = view.substr.bind(view)

/** Characters of bytes. */
export const characters = String.fromCharCode

let mapWindow = ''
let zeros = '\0'

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  put((chunk as string).substr(from, size), target)
}

export function portCopy(target: number, source: number, size: number): void {
  // A copy first: the native set runs upwards and would read what it has just written where ranges overlap.
  put(memoryWindow(source, size) + '', target)
}

export function portEqual(a: number, b: number, size: number): boolean {
  return memoryWindow(a, size) === memoryWindow(b, size)
}

export function portHasText(start: Offset, text: string): boolean {
  return memoryWindow(start, text.length) === text
}

export function portHash(start: Offset, size: number): number {
  return crc(memoryWindow(start, size)) | 0
}

export function portIndexOf(value: number, start: Offset, end: Offset): number {
  const found = memoryWindow(start, end - start).indexOf(characters(value))
  return found < 0 ? found : found + start
}

export function portIndexOfWildcard(start: Offset, end: Offset): number {
  const bytes = memoryWindow(start, end - start)
  const hash = bytes.indexOf('#')
  const plus = bytes.indexOf('+')
  return plus < 0 || hash >= 0 && hash < plus ? hash < 0 ? hash : hash + start : plus + start
}

/** JSON writes every other character as an escape, which is longer. */
export function portIsPlainText(start: Offset, end: Offset): boolean {
  return !stringify(memoryWindow(start, end - start))[end - start + 2]
}

/** The map never moves on a board: its window is made once. */
export function portFindRun(map: Uint8Array, count: number, hint: number): number {
  if (!mapWindow) mapWindow = nativeWindow(map)
  while (zeros.length < count) zeros += zeros
  const run = zeros.substr(0, count)
  const found = mapWindow.indexOf(run, hint)
  return found < 0 ? mapWindow.indexOf(run) : found
}

/** A Remaining Length below 16,384. [MQTT-2.1.4] */
export function remainingLength(size: number): string {
  return size < 128 ? characters(size) : characters(size & 127 | 128, size >> 7)
}
