// Bulk work on bytes for an interpreter: each is one or two native calls on a window over memory, a string that shows
// memory's bytes without a copy, or, where records are mapped, over their flash.
//
// Instructions on a 32-bit Espruino (npm run cost): window 6,700, hash of 30 bytes 14,500, equal 18,000, copy of 30
// bytes 27,600.
import { FEATURE_STREAM } from '../../limits'
import { bytesAt } from './address'
import { characters, crc, memoryWindow, nativeWindow, put } from './window'
import type { Chunk, FilterLook } from '../port'
import type { Offset } from '../../kinds'

export { recordByte as portByte } from './address'

const stringify = JSON.stringify

let mapWindow = ''
let zeros = '\0'

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

/** Of a chunk of a long packet, which is taken whole, no part is made: that would be a copy of it. */
export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  put(FEATURE_STREAM && size === chunk.length ? chunk as string : (chunk as string).substr(from, size), target)
}

export function portCopy(target: number, source: number, size: number): void {
  // A copy first: the native set runs upwards and would read what it has just written where ranges overlap.
  put(bytesAt(source, size) + '', target)
}

export function portEqual(a: number, b: number, size: number): boolean {
  return bytesAt(a, size) === bytesAt(b, size)
}

export function portHasText(start: Offset, text: string): boolean {
  return bytesAt(start, text.length) === text
}

export function portHash(start: Offset, size: number): number {
  return crc(bytesAt(start, size)) | 0
}

export function portIndexOf(value: number, start: Offset, end: Offset): number {
  const found = bytesAt(start, end - start).indexOf(characters(value))
  return found < 0 ? found : found + start
}

export function portIndexOfWildcard(start: Offset, end: Offset): number {
  const bytes = bytesAt(start, end - start)
  const hash = bytes.indexOf('#')
  const plus = bytes.indexOf('+')
  return plus < 0 || hash >= 0 && hash < plus ? hash < 0 ? hash : hash + start : plus + start
}

/** JSON writes every other character as an escape, which is longer. */
export function portIsPlainText(start: Offset, end: Offset): boolean {
  return !stringify(bytesAt(start, end - start))[end - start + 2]
}

/**
 * Whether a text has what few filters have: a `$` anywhere, or one of `!"%&'()*`, has them looked at closer. Each part
 * of the pattern is compared with each character, so that it has two; kept for good it would take 14 variables.
 */
export function portFilterLook(): FilterLook {
  const pattern = /[^ ,-~]/
  return pattern.test.bind(pattern)
}

/** One window for all that is asked of a filter. */
export function portFilterHash(look: FilterLook, start: Offset, size: number): number {
  const text = memoryWindow(start, size)
  return look!(text) ? -1 : crc(text) & 0x7fff
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
