// Where tables grow: the row that an incoming Packet Identifier of QoS 2 has, by session and identifier, and what
// stands in front of it in its session's list. Without it each PUBLISH and each PUBREL of a client with n exchanges
// open would walk n rows.
//
// Memory of a row: key 8, next 4, before 4 = 16 bytes, and 4 for the heads.
// Invariant: a row is in one chain while it stands in its session's list.
import { NONE, QUEUE_ROWS_MAX, TABLES_GROW, headsFor, newRows, rowsAtStart } from '../limits'
import { columnGrow, indexAdd, indexRemove, newLinks } from './columns'
import type { Column, QueueRow, Session } from '../kinds'

const ROWS = TABLES_GROW ? rowsAtStart(QUEUE_ROWS_MAX) : 0
/** Packet Identifiers of a session. */
const IDENTIFIERS = 65_536

let keys = new Float64Array(ROWS)
let next = newRows(ROWS)
/** The row in front of it in its session's list, or NONE. */
export let inboundBefore: Column<QueueRow, QueueRow> = newRows(ROWS)
let heads = newLinks(TABLES_GROW ? headsFor(ROWS) : 0)

/** Identifiers that follow each other have chains that do, and so do those of different sessions begin elsewhere. */
function chainOf(key: number): number {
  return Math.imul(key / IDENTIFIERS | 0, 0x9e37) + key & heads.length - 1
}

/** The row of a session's Packet Identifier, or NONE. */
export function inboundLookUp(session: Session, packetIdentifier: number): QueueRow {
  const key = session * IDENTIFIERS + packetIdentifier
  let row = heads[chainOf(key)]
  while (row >= 0 && keys[row] !== key) row = next[row]
  return row
}

/** A row goes in front of the one that was the first of its session's list, NONE: of an empty one. */
export function inboundEnter(row: QueueRow, session: Session, packetIdentifier: number, first: number): void {
  keys[row] = session * IDENTIFIERS + packetIdentifier
  indexAdd(heads, next, row, chainOf(keys[row]))
  inboundBefore[row] = NONE
  if (first >= 0) inboundBefore[first] = row
}

/** A row leaves, in front of `after`, NONE: it was the last. */
export function inboundLeave(row: QueueRow, after: number): void {
  indexRemove(heads, next, row, chainOf(keys[row]))
  if (after >= 0) inboundBefore[after] = inboundBefore[row]
}

export function inboundIndexGrow(grown: number): void {
  keys = columnGrow(keys, grown)
  next = columnGrow(next, grown)
  inboundBefore = columnGrow(inboundBefore, grown)
  const old = heads
  heads = newLinks(headsFor(grown))
  for (let chain = 0; chain < old.length; chain++) {
    for (let row = old[chain]; row >= 0;) {
      const after = next[row]
      indexAdd(heads, next, row, chainOf(keys[row]))
      row = after
    }
  }
}
