// Bulk work on bytes for V8: loops where they are short, memmove and views where they are not. A loop takes four times
// four bytes at a time through a DataView, which V8 compiles to single loads and stores at any address: 88 bytes take
// 24 ns, where four bytes at a time take 50, one at a time 210, and a native copy 34 and a view that is garbage
// afterwards. Whether memory is another array is asked of the array itself: its `buffer` is a call of 13 ns.
import { memory } from '../../memory'
import type { Chunk } from '../port'
import type { SendBuffer } from './buffer_pool'
import type { Offset } from '../../kinds'

/** Up to this many bytes a loop is faster than making a view for a native copy. */
const LOOP_SIZE_MAX = 128

/** Memory, four bytes at a time. */
let words = new DataView(memory.buffer)
/** What `words` shows. */
let shown = memory

/** Memory has grown: it is another array now. */
function wordsRenew(): void {
  words = new DataView(memory.buffer)
  shown = memory
}

/** Copies bytes of memory into a buffer. */
export function copyOut(start: Offset, end: Offset, target: SendBuffer, at: number): void {
  if (end - start > LOOP_SIZE_MAX) return target.bytes.set(memory.subarray(start, end), at)
  if (shown !== memory) wordsRenew()
  const from = words
  const to = target.words
  for (const last = end - 16; start <= last; start += 16, at += 16) {
    to.setInt32(at, from.getInt32(start, true), true)
    to.setInt32(at + 4, from.getInt32(start + 4, true), true)
    to.setInt32(at + 8, from.getInt32(start + 8, true), true)
    to.setInt32(at + 12, from.getInt32(start + 12, true), true)
  }
  for (const last = end - 4; start <= last; start += 4, at += 4) to.setInt32(at, from.getInt32(start, true), true)
  while (start < end) target.bytes[at++] = memory[start++]
}

/** A seed of the process's own, so that nobody outside can choose topics that collide. */
const seed = Math.floor(Math.random() * 0x1_0000_0000) | 0

/** A range of memory as text. */
export function memoryText(start: Offset, size: number): string {
  return Buffer.from(memory.buffer, start, size).toString()
}

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  if (typeof chunk === 'string') {
    for (let i = 0; i < size; i++) memory[target + i] = chunk.charCodeAt(from + i)
  } else if (size === chunk.length) {
    memory.set(chunk, target)
  } else if (size <= LOOP_SIZE_MAX) {
    for (let i = 0; i < size; i++) memory[target + i] = chunk[from + i]
  } else memory.set(chunk.subarray(from, from + size), target)
}

/** Records cannot be read where they lie here. */
export function portByte(address: Offset): number {
  return memory[address]
}

export function portCopy(target: number, source: number, size: number): void {
  memory.copyWithin(target, source, source + size)
}

export function portEqual(a: number, b: number, size: number): boolean {
  if (shown !== memory) wordsRenew()
  const from = words
  const end = a + size
  for (const last = end - 4; a <= last; a += 4, b += 4) if (from.getInt32(a) !== from.getInt32(b)) return false
  while (a < end) if (memory[a++] !== memory[b++]) return false
  return true
}

export function portHasText(start: Offset, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (memory[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** FNV-1a over a seed, with a final mix so that the low bits, which pick the chain, depend on every byte. */
export function portHash(start: Offset, size: number): number {
  let hash = seed
  for (let i = start; i < start + size; i++) hash = Math.imul(hash ^ memory[i], 0x0100_0193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b_3c6d) ^ hash >>> 12
}

export function portIndexOf(value: number, start: Offset, end: Offset): number {
  for (let i = start; i < end; i++) {
    if (memory[i] === value) return i
  }
  return -1
}

/** A loop is faster here than two searches. */
export function portIndexOfWildcard(start: Offset, end: Offset): number {
  for (let i = start; i < end; i++) {
    if (memory[i] === 0x2b || memory[i] === 0x23) return i
  }
  return -1
}

export function portIsPlainText(start: Offset, end: Offset): boolean {
  for (let i = start; i < end; i++) {
    if (memory[i] < 0x20 || memory[i] > 0x7e) return false
  }
  return true
}

/** A computer's core has hashes of levels. */
export function portFilterHash(): number {
  return -1
}

export function portFilterLook(): null {
  return null
}

/** Next fit: from the hint on, then from the front. */
export function portFindRun(map: Uint8Array, count: number, hint: number): number {
  const found = findRunFrom(map, count, hint, map.length)
  return found < 0 && hint > 0 ? findRunFrom(map, count, 0, Math.min(map.length, hint + count - 1)) : found
}

function findRunFrom(map: Uint8Array, count: number, from: number, end: Offset): number {
  let run = 0
  for (let i = from; i < end; i++) {
    run = map[i] ? 0 : run + 1
    if (run === count) return i - count + 1
  }
  return -1
}
