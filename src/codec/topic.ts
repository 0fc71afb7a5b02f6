// Topic Names and Topic Filters: valid or not, and whether one matches the other. [MQTT 5.0 section 4.7]
//
// Levels are found and compared by the port's bulk functions: on an interpreter a loop over bytes costs a hundred
// times as much.
import { portEqual, portHash, portIndexOf, portIndexOfWildcard } from 'runtime'
import { FEATURE_INDEX, FILTERS_HASHED, RECORDS_MAPPED } from '../limits'
import { memory } from '../memory'
import { byteAt } from './byte'
import { utf8IsValid } from './utf8'
import type { Offset } from '../kinds'

export const SLASH = 0x2f
export const PLUS = 0x2b
export const HASH = 0x23
const DOLLAR = 0x24

/** Levels that are hashed one by one, and that a wildcard mask has bits for; deeper ones are left to topicMatches. */
export const LEVELS_MAX = 31

/** The hash of each level of the last topicSplit or filterParse. 31 x 4 = 124 bytes. */
export const levelHashes = new Int32Array(FEATURE_INDEX ? LEVELS_MAX : 0)
// Life: until the next topicSplit or filterParse, at most to the end of the call into the core (filterOver).
/** Levels of the last topicSplit or filterParse, at most LEVELS_MAX; of a filter without its `#`. */
export let levelCount = 0
/** A bit for each level that is `+`. */
export let filterPlusMask = 0
/** Whether the filter ends in `#`. */
export let filterHasHash = false
/**
 * Without an index or hashes of filters: bytes of the one parsed last before its first level with a wildcard and the
 * slash in front of it; all of them where it has no wildcard.
 */
export let filterPlainSize = 0
/**
 * With FILTERS_HASHED: of the hash of the filter parsed last HASH_MASK, and HASH_PLAIN; or, where it has a wildcard,
 * 0x80 and what filterPlainSize says, at the most 127, in the higher byte.
 */
export let filterHash = 0
/** Seven bits of each of two bytes; a filter without wildcards has the eighth of the higher one. */
const HASH_MASK = 0x7f7f
const HASH_PLAIN = 0x8000
/** Whether the filter parsed last begins with `$`. */
export let filterIsHidden = false

/** Where a level ends that starts at an offset. */
export function levelEnd(start: Offset, end: Offset): Offset {
  const slash = portIndexOf(SLASH, start, end)
  return slash < 0 ? end : slash
}

/** A Topic Name is a UTF-8 string of at least one character without wildcards. [MQTT-4.7.3-1] [MQTT-3.3.2-2] */
export function topicNameIsValid(start: Offset, size: number): boolean {
  return size > 0 && portIndexOfWildcard(start, start + size) < 0 && utf8IsValid(start, start + size)
}

/** Topics that begin with `$` are hidden from wildcards at the first level. [MQTT-4.7.2-1] */
export function topicIsHidden(start: Offset): boolean {
  return (RECORDS_MAPPED ? byteAt(start) : memory[start]) === DOLLAR
}

/** Hashes each level of a Topic Name into levelHashes. */
export function topicSplit(start: Offset, size: number): void {
  const end = start + size
  levelCount = 0
  for (let at = start; at <= end && levelCount < LEVELS_MAX; levelCount++) {
    const next = levelEnd(at, end)
    levelHashes[levelCount] = portHash(at, next - at)
    at = next + 1
  }
}

/**
 * With FILTERS_LOOKED_AT: parses a Topic Filter that portFilterHash has found plain, wherever its bytes are.
 */
export function filterPlainParse(start: Offset, size: number): void {
  filterHash = portHash(start, size) & HASH_MASK | HASH_PLAIN
  filterIsHidden = false
}

/**
 * Judges a Topic Filter and splits it into levelHashes, levelCount, filterPlusMask and filterHasHash.
 * The bytes are valid UTF-8. [MQTT-4.7.1-1] [MQTT-4.7.1-2]
 */
export function filterParse(start: Offset, size: number): boolean {
  const end = start + size
  if (FEATURE_INDEX) {
    levelCount = filterPlusMask = 0
    filterHasHash = false
  }
  if (!size) return false
  filterIsHidden = memory[start] === DOLLAR
  let level = 0
  let at = start
  if (!FEATURE_INDEX) {
    const wildcard = portIndexOfWildcard(start, end)
    let plain = wildcard < 0 ? size : wildcard - start
    // Only what follows the plain levels is judged level by level.
    if (wildcard > start && memory[start + --plain] === SLASH) at = start + plain + 1
    if (!FILTERS_HASHED) filterPlainSize = plain
    else if (wildcard < 0) filterHash = portHash(start, size) & HASH_MASK | HASH_PLAIN
    else filterHash = 0x80 | Math.min(plain, 127) << 8
    if (wildcard < 0) return true
  }
  while (at <= end) {
    const next = levelEnd(at, end)
    if (!filterLevel(FEATURE_INDEX ? level++ : 0, at, next, end)) return false
    at = next + 1
  }
  return true
}

function filterLevel(level: number, start: Offset, next: Offset, end: Offset): boolean {
  if (levelIs(start, next, HASH)) {
    if (FEATURE_INDEX) filterHasHash = true
    return next === end
  }
  if (levelIs(start, next, PLUS)) {
    if (FEATURE_INDEX && level < LEVELS_MAX) filterPlusMask |= 1 << level
  } else if (portIndexOfWildcard(start, next) >= 0) return false
  if (FEATURE_INDEX && level < LEVELS_MAX) levelHashes[levelCount++] = portHash(start, next - start)
  return true
}

/** Whether there can be a topic that two valid Topic Filters both match. */
export function filtersOverlap(a: Offset, aSize: number, b: Offset, bSize: number): boolean {
  const aEnd = a + aSize
  const bEnd = b + bSize
  while (a <= aEnd && b <= bEnd) {
    const aNext = levelEnd(a, aEnd)
    const bNext = levelEnd(b, bEnd)
    if (levelIs(a, aNext, HASH) || levelIs(b, bNext, HASH)) return true
    if (!levelIs(a, aNext, PLUS) && !levelIs(b, bNext, PLUS)
      && !(aNext - a === bNext - b && portEqual(a, b, aNext - a))) return false
    a = aNext + 1
    b = bNext + 1
  }
  // `a/#` matches `a` too.
  return a > aEnd && b > bEnd || levelIs(a, aEnd, HASH) || levelIs(b, bEnd, HASH)
}

/** Whether a level is one wildcard and nothing else. */
export function levelIs(start: Offset, next: Offset, wildcard: number): boolean {
  return next - start === 1 && (RECORDS_MAPPED ? byteAt(start) : memory[start]) === wildcard
}

/** Whether a valid Topic Filter matches a valid Topic Name; the rule for `$` is the caller's. [MQTT-4.7.1-1] */
export function topicMatches(filter: Offset, filterSize: number, topic: Offset, topicSize: number): boolean {
  const filterEnd = filter + filterSize
  const topicEnd = topic + topicSize
  while (filter <= filterEnd) {
    const filterNext = levelEnd(filter, filterEnd)
    if (levelIs(filter, filterNext, HASH)) return true
    if (topic > topicEnd) return false
    const topicNext = levelEnd(topic, topicEnd)
    if (!levelIs(filter, filterNext, PLUS)
      && !(filterNext - filter === topicNext - topic && portEqual(filter, topic, topicNext - topic))) return false
    filter = filterNext + 1
    topic = topicNext + 1
  }
  return topic > topicEnd
}

/** For the port of tests: what stands in the registers is over. */
export function filterOver(over: never): void {
  levelCount = filterPlusMask = filterHasHash = filterPlainSize = filterHash = filterIsHidden = over
}
