// Whether a message is one that a rule of midge.json waits for: its topic by a filter, its payload, or a value in it by
// a path of JSON, by one comparison.

export interface Condition {
  topic: string
  /** Names and numbers with dots between them: `state.power`. */
  path?: string
  is?: unknown
  not?: unknown
  above?: number
  below?: number
}

/** What midge.json may say in short: a filter alone is every message that it matches. */
export function conditionOf(given: string | Condition): Condition {
  return typeof given === 'string' ? { topic: given } : given
}

/** A value in JSON; undefined: it is not there, or this is none. */
export function valueAt(payload: string, path: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    return undefined
  }
  for (const name of path.split('.')) {
    // A word that every object of the engine knows is no value.
    if (typeof value !== 'object' || value === null || Object.keys(value).indexOf(name) < 0) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** A value as a text: objects and lists as JSON. */
export function wordsOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : '' + (value as string)
}

/** Texts and numbers compare by their words: 1 is "1", true is "true". */
export function conditionHolds(condition: Condition, payload: string): boolean {
  const value = condition.path ? valueAt(payload, condition.path) : payload
  const words = wordsOf(value)
  if (value === undefined) return false
  if (condition.is !== undefined && words !== wordsOf(condition.is)) return false
  if (condition.not !== undefined && words === wordsOf(condition.not)) return false
  if (condition.above !== undefined && !(parseFloat(words) > condition.above)) return false
  return condition.below === undefined || parseFloat(words) < condition.below
}
