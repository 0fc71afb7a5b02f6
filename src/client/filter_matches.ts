// Topic Filters as a client needs them, who knows that they are valid.

/** Whether a Topic Name matches a Topic Filter without `$share/name/`. [MQTT-4.7.1-1] [MQTT-4.7.2-1] */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true
    if (i >= levels.length || level !== '+' && level !== levels[i]) return false
  }
  return wanted.length === levels.length
}
