// Finds the retained topics that a filter matches, in the tree of retained_index.ts, a step at a time: a step looks at
// a node, and goes to the child that its next level names or, under a wildcard, to all of them.
//
// Memory: LEVELS_MAX x (4 start + 4 size + 1 kind) bytes.
import { portEqual } from 'runtime'
import { HASH, PLUS, levelEnd, topicIsHidden, topicMatches } from '../../codec/topic'
import { NONE } from '../../limits'
import { memory } from '../../memory'
import {
  ROOT, nodeChild, nodeChildFind, nodeDepth, nodeEnd, nodeNext, nodeParent, nodeRow, nodeTopic, nodeWitness,
} from './retained_index'
import type { Offset, TopicNode } from '../../kinds'

/** Levels of a filter that lead the walk; what lies deeper is compared as a whole. */
const LEVELS_MAX = 128

const LITERAL = 0
const ONE_LEVEL = 1

// What a node is to the filter.
/** Its path matches. */
const HERE = 1
/** What lies below may match. */
const BELOW = 2

// The filter.
let start = 0
let size = 0
const levelStart = new Int32Array(LEVELS_MAX)
const levelSize = new Int32Array(LEVELS_MAX)
const levelKind = new Uint8Array(LEVELS_MAX)
let levels = 0
/** The level from which on everything matches: that of a #, or the first that is not looked at. */
let openFrom = 0
let isDeep = false

/** Steps between two ticks, for all clients together: some 10 ms. What is left goes on then. */
const STEPS_MAX = 262_144
/** Steps that may still be taken. */
export let walkSteps = STEPS_MAX
/** walkFind has found a node; else its answer is where it had to stop. */
export let walkIsFound = false
/** What the node is that was looked at last. */
let foundKind = 0

export function walkStepsRenew(): void {
  walkSteps = STEPS_MAX
}

/** Begins, or goes on, with a valid Topic Filter. */
export function walkBegin(filterStart: Offset, filterSize: number): void {
  start = filterStart
  size = filterSize
  const end = start + size
  openFrom = LEVELS_MAX
  levels = 0
  for (let at = start; at <= end && levels < LEVELS_MAX; levels++) {
    const next = levelEnd(at, end)
    const isOne = next - at === 1
    if (isOne && memory[at] === HASH) openFrom = levels
    levelKind[levels] = isOne && memory[at] === PLUS ? ONE_LEVEL : LITERAL
    levelStart[levels] = at
    levelSize[levels] = next - at
    at = next + 1
  }
  isDeep = levels === LEVELS_MAX && openFrom === LEVELS_MAX
}

function isOpen(level: number): boolean {
  return level >= openFrom || level < levels && levelKind[level] === ONE_LEVEL
}

/** Levels of a path that match, from `level` on, which starts at its byte `at`, up to `to`. */
function levelsMatch(topic: number, end: Offset, level: number, at: number, to: number): number {
  for (; level < to && level < openFrom; level++) {
    if (level >= levels) return level
    // The last level ends where the path does.
    const next = level + 1 === to ? end : levelEnd(topic + at, topic + end) - topic
    if (levelKind[level] === LITERAL
      && !(levelSize[level] === next - at && portEqual(levelStart[level], topic + at, next - at))) return level
    at = next + 1
  }
  return to
}

/** What a node is, whose parent's path matches as far as it goes. */
function judge(node: TopicNode): number {
  if (node === ROOT) return BELOW
  if (nodeWitness[node] < 0) return 0
  const parent = nodeParent[node]
  const topic = nodeTopic(node)
  const end = nodeEnd[node]
  const depth = nodeDepth[node]
  if (parent === ROOT && isOpen(0) && topicIsHidden(topic)) return 0 // [MQTT-4.7.2-1]
  if (levelsMatch(topic, end, nodeDepth[parent], nodeEnd[parent] + 1, depth) < depth) return 0
  if (isDeep && depth >= LEVELS_MAX) return BELOW | (topicMatches(start, size, topic, end) ? HERE : 0)
  if (depth >= openFrom) return HERE | BELOW
  return depth < levels ? BELOW : HERE
}

/** The node after one that is this to the filter, or NONE. */
function after(node: TopicNode, found: number): TopicNode {
  if (found & BELOW) {
    const depth = nodeDepth[node]
    const child = isOpen(depth) ? nodeChild[node] : nodeChildFind(node, levelStart[depth], levelSize[depth])
    if (child >= 0) return child
  }
  while (node !== ROOT) {
    const parent = nodeParent[node]
    if (isOpen(nodeDepth[parent]) && nodeNext[node] >= 0) return nodeNext[node]
    node = parent
  }
  return NONE
}

/** The node to look at after the one that walkFind has just found. */
export function walkAfter(node: TopicNode): TopicNode {
  return after(node, foundKind)
}

/** The first node from `node` on that has a message for the filter, NONE: there is none. See walkIsFound. */
export function walkFind(node: TopicNode): TopicNode {
  walkIsFound = false
  while (node >= 0 && walkSteps > 0) {
    walkSteps--
    foundKind = judge(node)
    if (foundKind & HERE && nodeRow[node] >= 0) {
      walkIsFound = true
      return node
    }
    node = after(node, foundKind)
  }
  return node
}

/**
 * Where a walk that waited at a node goes on: the tree may be another one above it, so that nothing there is known to
 * match.
 */
export function walkResume(node: TopicNode): TopicNode {
  while (nodeParent[node] !== ROOT && nodeWitness[nodeParent[node]] < 0) node = nodeParent[node]
  const parent = nodeParent[node]
  if (parent === ROOT) return node
  const topic = nodeTopic(parent)
  const depth = isOpen(0) && topicIsHidden(topic) ? 0 : levelsMatch(topic, nodeEnd[parent], 0, 0, nodeDepth[parent])
  while (nodeDepth[nodeParent[node]] > depth) node = nodeParent[node]
  return node
}
