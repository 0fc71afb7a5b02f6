// The distinct arrangements of wildcards among the Topic Filters in use: how many levels, which of them are +,
// whether a # ends it. A topic is looked up once for each shape: its levels hashed together, those under a + left out,
// give the chain of filter_table.ts where every filter of the shape that matches must be. So the cost of a match
// depends on how many shapes there are (a home has a dozen) and not on how many filters.
// Filters without wildcards are a shape for each number of levels.
//
// Memory: FILTER_SHAPES_MAX x (1 levels + 4 mask + 2 references) = 7 bytes a row.
import { FILTER_SHAPES_MAX, NONE, newRows } from '../limits'
import { filterHasHash, filterPlusMask, levelCount, levelHashes } from '../codec/topic'

/** What stands for a level under a +: any number will do, as collisions are told apart by topicMatches. */
const PLUS_HASH = 0x2b2b2b
/** Added to the number of levels of a filter that ends in #. */
const HASH_BIT = 0x80

const levels = new Uint8Array(FILTER_SHAPES_MAX)
const plusMasks = new Int32Array(FILTER_SHAPES_MAX)
const references = FILTER_SHAPES_MAX > 256 ? new Int32Array(FILTER_SHAPES_MAX) : newRows(FILTER_SHAPES_MAX)
/** Shapes from this row on were never used. */
export let shapeRowsUsed = 0

/** The row of the filter parsed last, with one reference more; NONE when there are too many shapes. */
export function shapeTake(): number {
  const shapeLevels = levelCount + (filterHasHash ? HASH_BIT : 0)
  let free = NONE
  for (let row = 0; row < shapeRowsUsed; row++) {
    if (!references[row]) free = row
    else if (levels[row] === shapeLevels && plusMasks[row] === filterPlusMask) {
      references[row]++
      return row
    }
  }
  if (free < 0) {
    if (shapeRowsUsed === FILTER_SHAPES_MAX) return NONE
    free = shapeRowsUsed++
  }
  levels[free] = shapeLevels
  plusMasks[free] = filterPlusMask
  references[free] = 1
  return free
}

/** One filter less has the shape. */
export function shapeRelease(row: number): void {
  references[row]--
}

/** Whether filters of the shape have no wildcards. */
export function shapeIsExact(row: number): boolean {
  return levels[row] < HASH_BIT && !plusMasks[row]
}

/** Whether a topic of levelCount levels can match a filter of the shape; hidden: it begins with $. [MQTT-4.7.2-1] */
export function shapeFits(row: number, isHidden: boolean): boolean {
  if (!references[row]) return false
  const count = levels[row] & 0x7f
  const hasHash = levels[row] & HASH_BIT
  if (isHidden && (plusMasks[row] & 1 || hasHash && !count)) return false
  return hasHash ? count <= levelCount : count === levelCount
}

/** The hash, under a shape, of the topic or filter split last. */
export function shapeHash(row: number): number {
  const count = levels[row] & 0x7f
  const mask = plusMasks[row]
  let hash = levels[row]
  for (let level = 0; level < count; level++) {
    hash = (hash << 5) - hash + (mask >> level & 1 ? PLUS_HASH : levelHashes[level]) | 0
  }
  return hash
}
