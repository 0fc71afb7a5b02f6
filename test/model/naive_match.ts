// Topic matching as section 4.7 tells it, level by level: slow, and easy to believe.

/** Whether a Topic Name matches a Topic Filter (not a shared one). */
export function naiveMatch(filter: string, topic: string): boolean {
  // A home has hundreds of filters without wildcards.
  if (!/[+#]/.test(filter)) return filter === topic
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false
  return levelsMatch(filter.split('/'), topic.split('/'))
}

function levelsMatch([filter, ...filters]: string[], [level, ...levels]: string[]): boolean {
  if (filter === '#') return true
  if (level === undefined) return filter === undefined
  if (filter === undefined) return false
  if (filter !== '+' && filter !== level) return false
  // 'a/#' matches 'a': the number sign stands for the parent as well.
  if (levels.length === 0 && filters.length === 1 && filters[0] === '#') return true
  return levels.length === 0 ? filters.length === 0 : levelsMatch(filters, levels)
}

/** A wildcard in the first level means no topic that begins with a dollar sign. [MQTT-4.7.2-1] */
const isHiddenFrom = (one: string, other: string): boolean => /^[+#]/.test(one) && other.startsWith('$')

/** Whether there is a topic that both filters match. */
export function naiveOverlap(one: string, other: string): boolean {
  return !isHiddenFrom(one, other) && !isHiddenFrom(other, one) && levelsOverlap(one.split('/'), other.split('/'))
}

function levelsOverlap(one: string[], other: string[]): boolean {
  if (one[0] === '#' || other[0] === '#') return true
  if (one.length === 0 || other.length === 0) return one.length === other.length
  if (one[0] !== '+' && other[0] !== '+' && one[0] !== other[0]) return false
  return levelsOverlap(one.slice(1), other.slice(1))
}

/** Whether the first filter matches every topic that the second one matches. */
export function naiveCovers(one: string, other: string): boolean {
  return !isHiddenFrom(one, other) && levelsCover(one.split('/'), other.split('/'))
}

function levelsCover([level, ...levels]: string[], [wanted, ...others]: string[]): boolean {
  if (level === '#') return true
  if (level === undefined || wanted === undefined) return level === wanted
  return wanted !== '#' && (level === '+' || level === wanted) && levelsCover(levels, others)
}

/** Whether text is a Topic Filter. [MQTT-4.7.1-1] [MQTT-4.7.1-2] */
export const isFilter = (text: string): boolean => text !== '' && text.split('/').every((level, index, { length }) =>
  level === '+' || (level === '#' && index === length - 1) || !/[+#]/.test(level))

/** The parts of '$share/name/filter', or undefined for a filter that is not shared. */
export function sharedParts(filter: string): { group: string, filter: string } | undefined {
  const parts = /^\$share\/([^/]+)\/(.+)$/.exec(filter)
  return parts ? { group: filter, filter: parts[2] } : undefined
}
