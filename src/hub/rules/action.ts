// What rules publish: text with placeholders, at most so much in a second, and not for ever in a circle.
import { levelsMatch } from '../topic_levels'
import { valueAt, wordsOf } from './condition'

export interface Action { topic: string, payload?: unknown, qos?: number, retain?: boolean }

/** Messages that all rules together may publish in a second. */
const RATE_MAX = 10
/** A message that a rule has published may set off another one, and so on: as often as this. */
const DEPTH_MAX = 8
/** For so many seconds a message on a topic is taken for what a rule has published there. */
const CAUSED_S = 2
/** Topics that are remembered for that. */
const CAUSED_MAX = 16

interface Caused { topic: string, depth: number, at: number }

let caused: Caused[] = []
let second = 0
let count = 0
let isTooMany = false
/** Filters of all rules, by their levels. */
const filters: string[][] = []
/** Rules that were said to go in a circle. */
const circles: number[] = []

export function filterListen(filter: string): void {
  filters.push(filter.split('/'))
}

/** How many rules in a row have led to a message on this topic. */
export function depthOf(topic: string): number {
  const now = getTime()
  // Where the clock was set meanwhile, it is over as well.
  caused = caused.filter(one => now >= one.at && now - one.at < CAUSED_S)
  const found = caused.filter(one => one.topic === topic)[0]
  return found ? found.depth : 0
}

/** What a placeholder stands for; undefined: it is none. */
function placed(name: string, topic: string, payload: string): unknown {
  if (name === 'topic') return topic
  if (name === 'payload') return payload
  return name.startsWith('payload.') ? valueAt(payload, name.substr(8)) : topic.split('/')[+name - 1]
}

/**
 * `{topic}`, `{payload}`, `{payload.a.b}` and `{1}`, the first level of the topic. Others stay as they are. (In the
 * engine's regular expressions a group has no alternatives.)
 */
function filled(text: string, topic: string, payload: string): string {
  const pieces = text.split('{')
  let done = pieces.shift()!
  for (const piece of pieces) {
    const end = piece.indexOf('}')
    const value = end > 0 ? placed(piece.substr(0, end), topic, payload) : undefined
    done += value === undefined ? '{' + piece : wordsOf(value) + piece.substr(end + 1)
  }
  return done
}

/** Whether another message may be published in this second. */
function rateTake(): boolean {
  const now = getTime() | 0
  if (now !== second) {
    second = now
    if (count <= RATE_MAX) isTooMany = false
    count = 0
  }
  if (++count <= RATE_MAX) return true
  if (!isTooMany) print(`rules: more than ${RATE_MAX} messages in a second, the others are dropped`)
  isTooMany = true
  return false
}

function remember(topic: string, depth: number): void {
  const levels = topic.split('/')
  if (!filters.some(filter => levelsMatch(filter, levels))) return
  caused = caused.filter(one => one.topic !== topic)
  if (caused.length >= CAUSED_MAX) caused.shift()
  caused.push({ topic, depth, at: getTime() })
}

/** Does what the rule of this number, from 1, is for, as a message on this topic has asked for it. */
export function actionsDo(rule: number, actions: Action[], topic: string, payload: string, depth: number): void {
  if (depth >= DEPTH_MAX) {
    if (circles.indexOf(rule) < 0) print(`rules: entry ${rule} goes in a circle, by ${topic}: stopped`)
    if (circles.indexOf(rule) < 0) circles.push(rule)
    return
  }
  for (const action of actions) {
    if (!rateTake()) return
    const name = filled(action.topic, topic, payload)
    const text = typeof action.payload === 'string' ? filled(action.payload, topic, payload) : action.payload
    remember(name, depth + 1)
    midge.publish(name, typeof text === 'number' || typeof text === 'boolean' ? '' + text : text,
      { qos: action.qos, retain: action.retain })
  }
}
