// Bulk work on bytes for V8: loops where they are short, memmove and views where they are not.
import { memory } from '../../memory'
import type { Chunk } from '../port'

/**
 * Below this many bytes a loop is faster than making a view for a native copy: 30 ns for the view, about 1 ns a byte
 * for the loop, measured by `npm run bench`.
 */
const LOOP_SIZE_MAX = 96

/** A seed of the process's own, so that nobody outside can choose topics that collide. */
const seed = Math.floor(Math.random() * 0x1_0000_0000) | 0

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  if (typeof chunk === 'string') {
    for (let i = 0; i < size; i++) memory[target + i] = chunk.charCodeAt(from + i)
  } else if (size <= LOOP_SIZE_MAX) {
    for (let i = 0; i < size; i++) memory[target + i] = chunk[from + i]
  } else memory.set(size === chunk.length ? chunk : chunk.subarray(from, from + size), target)
}

export function portCopy(target: number, source: number, size: number): void {
  memory.copyWithin(target, source, source + size)
}

export function portEqual(a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) {
    if (memory[a + i] !== memory[b + i]) return false
  }
  return true
}

/** FNV-1a over a seed, with a final mix so that the low bits, which pick the chain, depend on every byte. */
export function portHash(start: number, size: number): number {
  let hash = seed
  for (let i = start; i < start + size; i++) hash = Math.imul(hash ^ memory[i], 0x0100_0193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b_3c6d) ^ hash >>> 12
}

export function portIndexOf(value: number, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    if (memory[i] === value) return i
  }
  return -1
}

/** A loop is faster here than two searches. */
export function portIndexOfWildcard(start: number, end: number): number {
  for (let i = start; i < end; i++) {
    if (memory[i] === 0x2b || memory[i] === 0x23) return i
  }
  return -1
}

export function portIsPlainText(start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (memory[i] < 0x20 || memory[i] > 0x7e) return false
  }
  return true
}

/** Next fit: from the hint on, then from the front. */
export function portFindRun(map: Uint8Array, count: number, hint: number): number {
  const found = findRunFrom(map, count, hint, map.length)
  return found < 0 && hint > 0 ? findRunFrom(map, count, 0, Math.min(map.length, hint + count - 1)) : found
}

function findRunFrom(map: Uint8Array, count: number, from: number, end: number): number {
  let run = 0
  for (let i = from; i < end; i++) {
    run = map[i] ? 0 : run + 1
    if (run === count) return i - count + 1
  }
  return -1
}
