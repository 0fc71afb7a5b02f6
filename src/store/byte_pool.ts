// The byte pool: everything of varying size that outlives its packet: stored messages, Client Identifiers,
// Topic Filters, Topic Aliases, packets that wait. An allocation is one run of blocks, so that a message is one
// range and goes out in one piece; nothing ever moves, so that offsets may be kept.
//
// Memory: POOL_BLOCKS_MAX x (POOL_BLOCK_SIZE + 1) + 1 bytes. An allocation wastes half a block on average.
// Invariant: poolBlocksFree is the number of zeros in the map.
import { portFindRun } from 'runtime'
import { assert } from '../assert'
import { NONE, POOL_AT, POOL_BLOCKS_MAX, POOL_BLOCKS_START, POOL_BLOCK_SIZE, TABLES_GROW } from '../limits'
import { memoryGrow } from '../memory'
import type { Offset } from '../kinds'

/** Up to this many blocks V8 is done with a loop before its native fill begins: 4 ns for two of them, not 14. */
const LOOP_BLOCKS_MAX = 16

/**
 * A byte a block: 0 free, 1 taken. One more is taken for ever: Espruino's search takes the beginning of a run for all
 * of it where the map ends.
 */
let map = new Uint8Array(POOL_BLOCKS_START + 1)
map[POOL_BLOCKS_START] = 1
/**
 * Where the search begins. A board takes the first run that is long enough, and this is the first block that may be
 * free: what lives long gathers at the beginning of a small pool, and long runs stay together behind it. A computer
 * goes on where the last run ended, so that a pool of a gigabyte is not searched from its beginning.
 */
let hint = 0

export let poolBlocksFree = POOL_BLOCKS_START

function blocksFor(size: number): number {
  return ((size || 1) + POOL_BLOCK_SIZE - 1) / POOL_BLOCK_SIZE | 0
}

/** Takes `size` bytes and leaves `reserve` blocks free. Answers their offset in memory, or NONE. */
export function poolAllocate(size: number, reserve: number): Offset {
  const count = blocksFor(size)
  let block = NONE
  if (poolBlocksFree - reserve >= count) block = portFindRun(map, count, hint)
  if (block < 0) return TABLES_GROW && poolGrow(count + reserve) ? poolAllocate(size, reserve) : NONE
  const end = block + count
  if (TABLES_GROW || block === hint) hint = end
  poolBlocksFree -= count
  const start = POOL_AT + block * POOL_BLOCK_SIZE
  // An interpreter's fill looks at every byte of the map, and a function for both takes it seven variables.
  if (TABLES_GROW && count > LOOP_BLOCKS_MAX) map.fill(1, block, end)
  else while (block < end) map[block++] = 1
  return start
}

/** Gives back what poolAllocate answered for the same size. */
export function poolFree(start: Offset, size: number): void {
  let block = (start - POOL_AT) / POOL_BLOCK_SIZE
  const end = block + blocksFor(size)
  assert(map[block] === 1 && map[end - 1] === 1, 'the range was taken from the pool')
  poolBlocksFree += end - block
  if (!TABLES_GROW && block < hint) hint = block
  if (TABLES_GROW && end - block > LOOP_BLOCKS_MAX) map.fill(0, block, end)
  else while (block < end) map[block++] = 0
}

/** Whether `count` blocks side by side are free. */
export function poolHasRun(count: number): boolean {
  return portFindRun(map, count, 0) >= 0
}

/** Where tables grow: blocks that the pool grows to at the most. */
let blocksMax = POOL_BLOCKS_MAX

/** Has the pool grow to so many bytes at the most; what it has already it keeps. */
export function poolSizeMaxSet(size: number): void {
  blocksMax = Math.min(POOL_BLOCKS_MAX, blocksFor(size))
}

function poolGrow(count: number): boolean {
  const before = map.length - 1
  const blocks = Math.min(blocksMax, Math.max(before * 2, before + count))
  if (blocks <= before) return false
  poolBlocksFree += blocks - before
  hint = before
  const grown = new Uint8Array(blocks + 1)
  grown.set(map)
  grown[before] = 0
  grown[blocks] = 1
  map = grown
  memoryGrow(POOL_AT + blocks * POOL_BLOCK_SIZE)
  return true
}
