// Whether Topic Filters have topics in common.

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
