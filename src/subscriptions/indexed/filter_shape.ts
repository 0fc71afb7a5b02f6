// The distinct arrangements of wildcards among the Topic Filters in use: how many levels, which of them are +,
// whether a # ends it. A topic is looked up once for each shape: its levels hashed together, those under a + left out,
// give the chain of filter_table.ts where every filter of the shape that matches must be. So the cost of a match
// depends on how many shapes there are (a home has a dozen) and not on how many filters.
// Filters without wildcards have no shape: the hash of the whole topic finds them.
// A client may bring in FILTER_SHAPES_CLIENT_MAX shapes; the filters that it has beyond them, or when there are
// FILTER_SHAPES_MAX, are walked: see filter_walked.ts.
//
// Memory: FILTER_SHAPES_MAX x (1 levels + 4 mask + 2 references + 2 session) = 9 bytes a row.
// Invariant: sessionShapeCount[session] is the number of rows in use that are its.
import { filterHasHash, filterPlusMask, levelCount, levelHashes } from '../../codec/topic'
import { FILTER_SHAPES_CLIENT_MAX, FILTER_SHAPES_MAX as ROWS, NONE, TABLES_GROW, newRows } from '../../limits'
import { sessionShapeCount } from '../../store/session_table'
import type { Session } from '../../kinds'

/** What stands for a level under a +: any number will do, as collisions are told apart by topicMatches. */
const PLUS_HASH = 0x2b2b2b
/** Added to the number of levels of a filter that ends in #. */
const HASH_BIT = 0x80

const levels = new Uint8Array(ROWS)
const plusMasks = new Int32Array(ROWS)
const references = TABLES_GROW ? new Int32Array(ROWS) : newRows(ROWS)
/** Who has brought it in; NONE: its session has ended. */
const sessions = newRows(ROWS)
/** Shapes from this row on are not in use. */
export let shapeRowsUsed = 0

/** The levels of the filter parsed last, as a shape has them. */
export function filterLevels(): number {
  return levelCount + (filterHasHash ? HASH_BIT : 0)
}

/** The row of the filter parsed last, or NONE. */
export function shapeFind(): number {
  const wanted = filterLevels()
  for (let row = 0; row < shapeRowsUsed; row++) {
    if (references[row] && levels[row] === wanted && plusMasks[row] === filterPlusMask) return row
  }
  return NONE
}

/** The same with one reference more, new where there is none; NONE: there are too many, or too many of the session. */
export function shapeTake(session: Session): number {
  let row = shapeFind()
  if (row < 0 && sessionShapeCount[session] < FILTER_SHAPES_CLIENT_MAX) row = shapeAdd(session)
  if (row >= 0) references[row]++
  return row
}

function shapeAdd(session: Session): number {
  let row = 0
  while (row < shapeRowsUsed && references[row]) row++
  if (row === ROWS) return NONE
  if (row === shapeRowsUsed) shapeRowsUsed++
  levels[row] = filterLevels()
  plusMasks[row] = filterPlusMask
  sessions[row] = session
  sessionShapeCount[session]++
  return row
}

/** One filter less has the shape. */
export function shapeRelease(row: number): void {
  if (--references[row]) return
  if (sessions[row] >= 0) sessionShapeCount[sessions[row]]--
  while (shapeRowsUsed && !references[shapeRowsUsed - 1]) shapeRowsUsed--
}

/** A session ends; filters of others may still have its shapes. */
export function shapesForget(session: Session): void {
  for (let row = 0; sessionShapeCount[session] && row < shapeRowsUsed; row++) {
    if (!references[row] || sessions[row] !== session) continue
    sessions[row] = NONE
    sessionShapeCount[session]--
  }
}

/** Whether a topic of levelCount levels can match a filter of the shape; hidden: it begins with $. [MQTT-4.7.2-1] */
export function shapeFits(row: number, isHidden: boolean): boolean {
  return references[row] > 0 && levelsFit(levels[row], plusMasks[row], isHidden)
}

/** The same of a filter with these levels and this mask. */
export function levelsFit(shapeLevels: number, mask: number, isHidden: boolean): boolean {
  const count = shapeLevels & 0x7f
  const hasHash = shapeLevels & HASH_BIT
  if (isHidden && (mask & 1 || hasHash && !count)) return false
  return hasHash ? count <= levelCount : count === levelCount
}

/** The hash, under a shape, of the topic or filter split last. */
export function shapeHash(row: number): number {
  return levelsHash(levels[row], plusMasks[row])
}

/** The same under these levels and this mask. */
export function levelsHash(shapeLevels: number, mask: number): number {
  const count = shapeLevels & 0x7f
  let hash = shapeLevels
  for (let level = 0; level < count; level++) {
    hash = (hash << 5) - hash + (mask >> level & 1 ? PLUS_HASH : levelHashes[level]) | 0
  }
  return hash
}
