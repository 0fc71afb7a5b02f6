// Whether a Topic Filter matches a Topic Name, where both are the engine's strings and no bytes of the broker's memory.

/** Both by their levels. [MQTT-4.7.1-1] [MQTT-4.7.2-1] */
export function levelsMatch(filter: string[], topic: string[]): boolean {
  for (let i = 0; i < filter.length || i < topic.length; i++) {
    if (filter[i] === topic[i]) continue
    if (!i && topic[0][0] === '$') return false
    if (filter[i] === '#') return true
    if (filter[i] !== '+' || topic[i] === undefined) return false
  }
  return true
}
