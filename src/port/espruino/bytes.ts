// Bulk work on bytes for an interpreter: each is one or two native calls on a window over memory, a string that shows
// memory's bytes without a copy. Methods are bound once, since looking one up costs 8,000 instructions.
//
// Instructions on a 32-bit Espruino (npm run cost): window 6,700, hash of 30 bytes 14,500, equal 18,000, copy of 30
// bytes 27,600.
import { MEMORY_WINDOW } from '../../limits'
import { memory } from '../../memory'
import type { Chunk } from '../port'

const view = MEMORY_WINDOW ? E.memoryArea(E.getAddressOf(memory, true), memory.length) : ''
const put = memory.set.bind(memory) as unknown as (bytes: string, target: number) => void
const crc = E.CRC32

/** A range of memory as a string; it shows what lies there when it is read: use it at once, or copy it by `+ ''`. */
export const memoryWindow: (start: number, size: number) => string = MEMORY_WINDOW
  ? view.substr.bind(view) as (start: number, size: number) => string
  : (start, size) => size ? E.toString(memory.subarray(start, start + size))! : ''

/** The character of each byte. */
const characters: string[] = []
for (const code of [0x23, 0x25, 0x2b, 0x2f]) characters[code] = String.fromCharCode(code)

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

export function portHash(start: number, size: number): number {
  return crc(memoryWindow(start, size)) | 0
}

export function portIndexOf(value: number, start: number, end: number): number {
  const found = memoryWindow(start, end - start).indexOf(characters[value])
  return found < 0 ? found : found + start
}

/** JSON writes every other character as an escape, which is longer. */
export function portIsPlainText(start: number, end: number): boolean {
  return !JSON.stringify(memoryWindow(start, end - start))[end - start + 2]
}

/** The map never moves on a board: its window is made once. */
export function portFindRun(map: Uint8Array, count: number, hint: number): number {
  if (!mapWindow || !MEMORY_WINDOW) mapWindow = MEMORY_WINDOW ? E.memoryArea(E.getAddressOf(map, true), map.length) : E.toString(map)!
  while (zeros.length < count) zeros += zeros
  const run = zeros.substr(0, count)
  const found = mapWindow.indexOf(run, hint)
  return found < 0 ? mapWindow.indexOf(run) : found
}
