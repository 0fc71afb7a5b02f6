// Topic Filters in Node: what is one, which topics it matches, and whether two have some in common.
// [MQTT 5.0 section 4.7]

/** Whether a text is a Topic Filter, but for its size. [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-2] */
export const isTopicFilter = (filter: string): boolean =>
  filter !== '' && filter.split('/').every((level, i, { length }) =>
    level === '+' || level === '#' && i === length - 1 || !/[+#\0]/.test(level))

/** Whether a Topic Filter matches a Topic Name, or all that another filter does. [MQTT-4.7.2-1] */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true
    if (i >= levels.length || levels[i] === '#' || level !== '+' && level !== levels[i]) return false
  }
  return wanted.length === levels.length
}

/** Whether two Topic Filters match a topic in common. [MQTT-4.7.1-1] [MQTT-4.7.2-1] */
export function filtersMeet(one: string, other: string): boolean {
  const isHidden = [one, other].map((filter) => filter.startsWith('$'))
  return isHidden[0] === isHidden[1] && levelsMeet(one.split('/'), other.split('/'))
}

function levelsMeet([level, ...levels]: string[], [wanted, ...others]: string[]): boolean {
  if (level === '#' || wanted === '#') return true
  if (level === undefined || wanted === undefined) return level === wanted
  return (level === '+' || wanted === '+' || level === wanted) && levelsMeet(levels, others)
}
