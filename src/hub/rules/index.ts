// The extension m.rules: "when this, then that" without code, as midge.json has it. docs/home.md says what a rule is;
// what is wrong with one in detail says src/flash/configuration.ts, before it gets here. Times are those of m.time.
import { type Action, actionsDo, depthOf, filterListen } from './action'
import { type Condition, conditionHolds, conditionOf } from './condition'

interface Given {
  when?: string | Condition
  /** In its place: a time, as midge.at takes it. */
  at?: string
  cron?: string
  then: Action | Action[]
  between?: string[]
  for?: number
  unless?: string | Condition
}

/** Topics of one rule that may wait for the end of their `for`. */
const WAITING_MAX = 16

/** A topic whose condition holds: the timer of its `for`; null: that is over, and it waits for the condition's end. */
interface Held { topic: string, timer: NodeJS.Timeout | null }

/** A rule that listens. */
interface Running {
  /** From 1. */
  number: number
  when: Condition | undefined
  actions: Action[]
  forS: number
  /** Its `unless` holds. */
  isBlocked: boolean
  between?: string[]
  held: Held[]
}

/** The condition has held on a topic for as long as it must. */
function fire(rule: Running, topic: string, payload: string, depth: number): void {
  const times = rule.between
  if (!rule.isBlocked && (!times || midge.between!(times[0], times[1]))) {
    actionsDo(rule.number, rule.actions, topic, payload, depth)
  }
}

/** With `for`: from the first message that fits to the first that does not. */
function hold(rule: Running, topic: string, payload: string, isSo: boolean): void {
  const found = rule.held.filter(one => one.topic === topic)[0]
  if (!isSo && found) {
    if (found.timer) clearTimeout(found.timer)
    rule.held = rule.held.filter(one => one !== found)
  }
  if (!isSo || found || rule.held.length >= WAITING_MAX) return
  const one: Held = { topic, timer: null }
  one.timer = setTimeout(() => {
    one.timer = null
    fire(rule, topic, payload, 0)
  }, rule.forS * 1_000)
  rule.held.push(one)
}

function hear(rule: Running, topic: string, payload: string, isRetained: boolean): void {
  // What was retained is no news, but what has lasted for long begins with it.
  if (isRetained && !rule.forS) return
  const isSo = conditionHolds(rule.when!, payload)
  if (rule.forS) hold(rule, topic, payload, isSo)
  else if (isSo) fire(rule, topic, payload, depthOf(topic))
}

/** Has a rule listen. */
function ruleStart(given: Given, number: number): void {
  const actions = Array.isArray(given.then) ? given.then : [given.then]
  const time = given.at || given.cron
  const rule: Running = {
    number, when: given.when ? conditionOf(given.when) : undefined, actions, forS: given.for || 0, isBlocked: false,
    between: given.between, held: [],
  }
  if ((time || rule.between) && !midge.at) throw new Error('goes by the time, which needs "time"')
  if (rule.between) midge.between!(rule.between[0], rule.between[1])
  if (given.unless !== undefined) {
    const unless = conditionOf(given.unless)
    midge.subscribe(unless.topic, (_, payload) => { rule.isBlocked = conditionHolds(unless, payload) })
  }
  if (time) midge.at!(time, () => fire(rule, '', '', 0))
  if (!rule.when) return
  filterListen(rule.when.topic)
  midge.subscribe(rule.when.topic, (topic, payload, details) => hear(rule, topic, payload, details.retain))
}

function start(given: unknown): void {
  if (!Array.isArray(given)) {
    print('midge.json: rules must be a list')
    return
  }
  given.forEach((rule: Given, index: number) => {
    try {
      if (typeof rule !== 'object' || !(rule.when || rule.at || rule.cron) || !rule.then) {
        throw new Error('must have "when", "at" or "cron", and "then"')
      }
      ruleStart(rule, index + 1)
    } catch (problem) {
      print(`midge.json: rules, entry ${index + 1}: ${problem as string}`)
    }
  })
}

start(configuration.rules)
delete configuration.rules
