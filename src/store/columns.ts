// What all tables share: columns that grow (on computers), and hash indexes made of two columns.
import { NONE, type Offsets, type Rows, headsFor, RECORDS_MAPPED, TABLES_GROW, newRows, newShortRows } from '../limits'

/** What a column is made of. */
type Numbers = Rows | Offsets | Uint8Array | Int32Array | Uint32Array | Float64Array

/** A longer column that starts with the old one's values. */
export function columnGrow<T extends { readonly length: number }>(column: T, count: number): T {
  const grown = new (column.constructor as new (count: number) => Numbers)(count)
  grown.set(column)
  return grown as unknown as T
}

/** A column of NONE. */
export function newLinks(count: number): Rows {
  return newRows(count).fill(NONE)
}

/** A column of places (messages/mapped), which go up to 65,535, NONE in each. */
export function newPlaces(count: number): Rows {
  return new Int32Array(count).fill(NONE)
}

/** A short column of NONE. */
export function newShortLinks(count: number): Rows {
  return newShortRows(count).fill(NONE)
}

/**
 * A column in which every row links to the next: the free list of a table whose rows from `first` on are free. Where
 * tables do not grow, all of them are.
 */
export function newFreeList<T extends { readonly length: number }>(column: T, first: number): T {
  let after = NONE
  for (let row = column.length; row-- > (TABLES_GROW ? first : 0);) {
    (column as unknown as Rows)[row] = after
    after = row
  }
  return column
}

/** The free list of a table that a board may keep (records/tables.ts): it is made when the start knows its rows. */
export function newRestoredList<T extends { readonly length: number }>(column: T): T {
  return RECORDS_MAPPED ? column : newFreeList(column, 0)
}

/** The free list of a new table. */
export function newFreeRows(count: number): Rows {
  return newFreeList(newRows(count), 0)
}

/** The heads of an index that now has `count` rows, every one of them in use; `next` is linked anew. */
export function indexRebuild(next: Rows, hashes: Int32Array, count: number): Rows {
  const heads = newLinks(headsFor(next.length))
  for (let row = 0; row < count; row++) indexAdd(heads, next, row, hashes[row] & heads.length - 1)
  return heads
}

/** Puts a row at the front of a chain of an index. */
export function indexAdd(heads: Rows, next: Rows, row: number, chain: number): void {
  next[row] = heads[chain]
  heads[chain] = row
}

/** Takes a row out of a chain of an index. */
export function indexRemove(heads: Rows, next: Rows, row: number, chain: number): void {
  let at = heads[chain]
  if (at === row) {
    heads[chain] = next[row]
    return
  }
  while (next[at] !== row) at = next[at]
  next[at] = next[row]
}
