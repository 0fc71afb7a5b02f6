// How rules of dynamic security match: level by level, where %c and %u alone stand for the client's names.

const isHidden = (topic: string): boolean => topic.startsWith('$')

/** The levels of a rule for a client; null: it is for nobody of such a name, which would widen it. */
function levelsFor(rule: string, clientIdentifier: string, userName: string | undefined): string[] | null {
  const levels = rule.split('/')
  for (const [i, level] of levels.entries()) {
    if (level !== '%c' && level !== '%u') continue
    const name = level === '%c' ? clientIdentifier : userName
    if (!name || /[+#/]/.test(name)) return null
    levels[i] = name
  }
  return levels
}

/** Whether a rule's filter matches a topic, or all topics of a filter. */
export function ruleCovers(
  rule: string, topic: string, clientIdentifier: string, userName: string | undefined,
): boolean {
  // What begins with $ is matched by no wildcard. [MQTT-4.7.2-1]
  if (isHidden(rule) !== isHidden(topic)) return false
  const levels = levelsFor(rule, clientIdentifier, userName)
  if (!levels) return false
  const asked = topic.split('/')
  for (const [i, level] of levels.entries()) {
    if (level === '#') return true
    if (i >= asked.length || asked[i] === '#' || level !== '+' && level !== asked[i]) return false
  }
  return levels.length === asked.length
}
