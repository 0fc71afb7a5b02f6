// The topics that the page has heard of, as a tree. Bounded: whoever publishes to a million topics fills no browser.
import type { Publish } from '../client/publish_packet'
import { numberOf } from './text'

const TOPICS_MAX = 5_000
/** What is deeper stands in one name. */
const LEVELS_MAX = 24
/** Bytes that are kept of a payload. */
const KEPT_SIZE_MAX = 65_536
const HISTORY_MAX = 60

export interface TopicValue {
  payload: Uint8Array
  /** Of the whole payload. */
  size: number
  qos: number
  /** A message is retained on it. */
  isRetained: boolean
  /** Milliseconds. */
  at: number
  count: number
  /** The latest numbers, oldest first. */
  numbers: number[]
}

export interface TopicNode {
  name: string
  topic: string
  level: number
  parent: TopicNode | null
  children: Map<string, TopicNode>
  value: TopicValue | null
  isOpen: boolean
  /** Topics with a value at and below it. */
  count: number
}

const node = (name: string, topic: string, parent: TopicNode | null): TopicNode => ({
  name, topic, parent, level: parent ? parent.level + 1 : 0, children: new Map(), value: null, isOpen: false, count: 0,
})

export class TopicStore {
  root = node('', '', null)
  /** Messages of topics for which there was no room. */
  ignored = 0
  private nodes = 0

  clear(): void {
    this.root = node('', '', null)
    this.ignored = this.nodes = 0
  }

  private nodeFor(topic: string): TopicNode | null {
    const levels = topic.split('/')
    if (levels.length > LEVELS_MAX) levels.push(levels.splice(LEVELS_MAX - 1).join('/'))
    let at = this.root
    for (const [i, name] of levels.entries()) {
      let next = at.children.get(name)
      if (!next) {
        if (this.nodes >= TOPICS_MAX) return null
        this.nodes++
        next = node(name, levels.slice(0, i + 1).join('/'), at)
        at.children.set(name, next)
      }
      at = next
    }
    return at
  }

  /** Takes a message; answers its topic's node, or null where there is no room for it. */
  take({ topic, payload, qos, retain }: Publish): TopicNode | null {
    const found = this.nodeFor(topic)
    if (!found) {
      this.ignored++
      return null
    }
    if (!found.value) for (let at: TopicNode | null = found; at; at = at.parent) at.count++
    const before = found.value
    const numbers = before?.numbers ?? []
    const number = numberOf(payload)
    if (number !== undefined) numbers.push(number)
    if (numbers.length > HISTORY_MAX) numbers.shift()
    found.value = {
      payload: payload.slice(0, KEPT_SIZE_MAX), size: payload.length, qos, at: Date.now(), numbers,
      isRetained: retain ? payload.length > 0 : before?.isRetained ?? false, count: (before?.count ?? 0) + 1,
    }
    return found
  }

  /** Nodes from the top to the bottom as they are shown; all that lead to a match while something is searched for. */
  shown(search: string, isRetainedOnly: boolean): TopicNode[] {
    const wanted = search.toLowerCase()
    const rows: TopicNode[] = []
    const isFound = ({ value, topic }: TopicNode): boolean =>
      value !== null && (!isRetainedOnly || value.isRetained) && topic.toLowerCase().includes(wanted)
    const visit = (parent: TopicNode): boolean => {
      let hasFound = false
      for (const child of [...parent.children.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
        const place = rows.push(child)
        const isBelow = (wanted || isRetainedOnly || child.isOpen) && visit(child)
        if (wanted || isRetainedOnly ? isBelow || isFound(child) : true) hasFound = true
        else rows.length = place - 1
      }
      return hasFound
    }
    visit(this.root)
    return rows
  }
}
