// The topics of retained messages by level, so that a filter meets only what it may match: a tree, whose nodes each add
// one level or several to their parent's path. A node has a retained message, or a walk waits there, or topics part
// there: so there are fewer than two for each. Its levels are bytes of a topic below it, its witness's: the tree has no
// bytes of its own.
//
// A walk that has to wait stands at the node that it looks at next, and pins it: the node stays where it is among its
// siblings, whatever comes and goes around it. So a walk meets every topic that was there when it began and still is,
// and none twice.
//
// Memory: NODES_MAX x 12 columns of 4 bytes (on a computer), and 4 bytes a head.
// Invariant: a node without message and pin has two children at the least, but for the root; one without witness has
// only pinned ones below it, and stands in no chain.
import { portEqual, portHash } from 'runtime'
import { levelEnd } from '../../codec/topic'
import {
  FEATURE_RETAINED, NONE, RETAINED_MAX, SESSIONS_MAX, TABLES_GROW, headsFor, newRows, rowsAtStart,
} from '../../limits'
import { memory } from '../../memory'
import { columnGrow, indexAdd, indexRemove, newFreeList, newLinks } from '../../store/columns'
import { messageStart, messageTopicSize } from 'messages/message_table'
import { retainedMessage, retainedNode } from '../../messages/columns/retained_rows'
import type { Column, Offset, RetainedRow, TopicNode } from '../../kinds'

export const ROOT = 0
const SLASH = 0x2f
/** Each session waits at one node at the most. */
const NODES_MAX = 2 * (RETAINED_MAX + SESSIONS_MAX) + 1
const NODES = FEATURE_RETAINED ? 2 * (rowsAtStart(RETAINED_MAX) + rowsAtStart(SESSIONS_MAX)) + 1 : 0

/** The root is its own. */
export let nodeParent: Column<TopicNode, TopicNode> = newRows(NODES)
export let nodeChild: Column<TopicNode, TopicNode> = newLinks(NODES)
/** The next sibling, which the root has not; of a free node, the next one that is. */
export let nodeNext: Column<TopicNode, TopicNode> = newFreeList(newLinks(NODES), 1)
let before = newLinks(NODES)
/** Levels of the node's path. */
export let nodeDepth: Column<TopicNode> = newRows(NODES)
/** Bytes of its path: its own levels start behind the slash that follows its parent's. */
export let nodeEnd: Column<TopicNode> = newLinks(NODES)
/** Its retained message's row, or NONE. */
export let nodeRow: Column<TopicNode, RetainedRow> = newLinks(NODES)
/** A row whose topic starts with the path; NONE: nothing is left here and below but walks that wait. */
export let nodeWitness: Column<TopicNode, RetainedRow> = newLinks(NODES)
let pins = newRows(NODES)
/** Of the parent and the node's first level. */
let hashes = new Int32Array(NODES)
let chainNext = newLinks(NODES)
let heads = newLinks(NODES ? headsFor(NODES) : 0)
let free = 1
let freeCount = NODES - 1

/** Offset of the bytes of a node's path. */
export function nodeTopic(node: TopicNode): Offset {
  return messageStart(retainedMessage[nodeWitness[node]])
}

function levelsIn(start: Offset, end: Offset): number {
  let count = 1
  while ((start = levelEnd(start, end) + 1) <= end) count++
  return count
}

function hashOf(parent: TopicNode, start: Offset, size: number): number {
  return portHash(start, size) + parent * 0x9e37 | 0
}

function chainAdd(node: TopicNode, hash: number): void {
  hashes[node] = hash
  indexAdd(heads, chainNext, node, hash & heads.length - 1)
}

function chainRemove(node: TopicNode): void {
  indexRemove(heads, chainNext, node, hashes[node] & heads.length - 1)
}

/** The child of a node whose first level is this one, or NONE. */
export function nodeChildFind(parent: TopicNode, start: Offset, size: number): TopicNode {
  const hash = hashOf(parent, start, size)
  let node = heads[hash & heads.length - 1]
  while (node >= 0 && !(hashes[node] === hash && nodeParent[node] === parent && startsWith(node, start, size))) {
    node = chainNext[node]
  }
  return node
}

function startsWith(node: TopicNode, start: Offset, size: number): boolean {
  const from = nodeEnd[nodeParent[node]] + 1
  const own = nodeTopic(node) + from
  const ownSize = nodeEnd[node] - from
  return ownSize >= size && (ownSize === size || memory[own + size] === SLASH) && portEqual(own, start, size)
}

/** Whether another topic can be added. */
export function treeHasRoom(): boolean {
  return freeCount > 1 || TABLES_GROW && nodesGrow()
}

/** Adds the topic of a row that has just got its message. Ask treeHasRoom first. */
export function treeAdd(row: RetainedRow): void {
  const message = retainedMessage[row]
  const topic = messageStart(message)
  const size = messageTopicSize(message)
  let node = ROOT
  let at = 0
  while (at <= size) {
    const level = levelEnd(topic + at, topic + size) - topic
    const child = nodeChildFind(node, topic + at, level - at)
    if (child < 0) return leafAdd(node, row, topic, at, size)
    const common = commonEnd(child, topic, level, size)
    node = common < nodeEnd[child] ? split(child, common) : child
    at = common + 1
  }
  nodeRow[node] = row
  retainedNode[row] = node
}

/** Bytes of the levels that a node's path and a topic have in common, from `end` on, up to which they have. */
function commonEnd(node: TopicNode, topic: number, end: Offset, size: number): number {
  const own = nodeTopic(node)
  while (end < nodeEnd[node] && end < size) {
    const level = end + 1
    const next = levelEnd(topic + level, topic + size) - topic
    if (next !== levelEnd(own + level, own + nodeEnd[node]) - own
      || !portEqual(own + level, topic + level, next - level)) break
    end = next
  }
  return end
}

function nodeTake(parent: TopicNode, row: RetainedRow, witness: number, topic: number, end: Offset): TopicNode {
  const node = free
  free = nodeNext[node]
  freeCount--
  nodeParent[node] = parent
  nodeRow[node] = row
  nodeWitness[node] = witness
  nodeEnd[node] = end
  nodeDepth[node] = nodeDepth[parent] + levelsIn(topic + nodeEnd[parent] + 1, topic + end)
  nodeChild[node] = before[node] = nodeNext[node] = NONE
  return node
}

function nodeGive(node: TopicNode): void {
  nodeWitness[node] = NONE
  nodeNext[node] = free
  free = node
  freeCount++
}

function leafAdd(parent: TopicNode, row: RetainedRow, topic: number, at: number, size: number): void {
  const node = nodeTake(parent, row, row, topic, size)
  const first = nodeNext[node] = nodeChild[parent]
  if (first >= 0) before[first] = node
  nodeChild[parent] = node
  retainedNode[row] = node
  chainAdd(node, hashOf(parent, topic + at, levelEnd(topic + at, topic + size) - topic - at))
}

/** Puts a node between another one and its parent: what they have up to `end` is its. */
function split(child: TopicNode, end: Offset): TopicNode {
  const topic = nodeTopic(child)
  const node = nodeTake(nodeParent[child], NONE, nodeWitness[child], topic, end)
  chainRemove(child)
  chainAdd(node, hashes[child])
  replace(child, node)
  nodeChild[node] = child
  nodeParent[child] = node
  before[child] = nodeNext[child] = NONE
  const start = topic + end + 1
  chainAdd(child, hashOf(node, start, levelEnd(start, topic + nodeEnd[child]) - start))
  return node
}

/** Puts a node where another one is among its siblings. */
function replace(old: number, node: TopicNode): void {
  const parent = nodeParent[node] = nodeParent[old]
  const first = before[node] = before[old]
  const last = nodeNext[node] = nodeNext[old]
  if (first >= 0) nodeNext[first] = node
  else nodeChild[parent] = node
  if (last >= 0) before[last] = node
}

/** Forgets the topic of a row. */
export function treeRemove(row: RetainedRow): void {
  const node = retainedNode[row]
  nodeRow[node] = NONE
  for (let at = node; at !== ROOT; at = nodeParent[at]) if (nodeWitness[at] === row) witnessRenew(at)
  prune(node)
}

function witnessRenew(node: TopicNode): void {
  let witness = nodeRow[node]
  for (let child = nodeChild[node]; witness < 0 && child >= 0; child = nodeNext[child]) witness = nodeWitness[child]
  nodeWitness[node] = witness
  if (witness < 0) chainRemove(node)
}

/** A walk waits at a node; ROOT and what is no node need no pin. */
export function treePin(node: TopicNode): void {
  if (node > ROOT && node < pins.length) pins[node]++
}

/** It does no more. */
export function treeUnpin(node: TopicNode): void {
  if (node <= ROOT || node >= pins.length) return
  pins[node]--
  prune(node)
}

/** Takes out a node that nothing needs, and those above it. */
function prune(node: TopicNode): void {
  while (node !== ROOT && nodeRow[node] < 0 && !pins[node]) {
    const child = nodeChild[node]
    const parent = nodeParent[node]
    if (child >= 0) return nodeNext[child] < 0 ? merge(node, child) : undefined
    const after = nodeNext[node]
    if (before[node] >= 0) nodeNext[before[node]] = after
    else nodeChild[parent] = after
    if (after >= 0) before[after] = before[node]
    nodeGive(node)
    node = parent
  }
}

/** The only child of a node takes its place, and its levels. */
function merge(node: TopicNode, child: TopicNode): void {
  if (nodeWitness[child] >= 0) {
    chainRemove(child)
    chainRemove(node)
    chainAdd(child, hashes[node])
  }
  replace(node, child)
  nodeGive(node)
}

function nodesGrow(): boolean {
  const rows = pins.length
  const grown = Math.min(rows * 2, NODES_MAX)
  if (grown === rows) return false
  nodeParent = columnGrow(nodeParent, grown)
  nodeChild = columnGrow(nodeChild, grown)
  before = columnGrow(before, grown)
  nodeDepth = columnGrow(nodeDepth, grown)
  nodeEnd = columnGrow(nodeEnd, grown)
  nodeRow = columnGrow(nodeRow, grown)
  nodeWitness = columnGrow(nodeWitness, grown).fill(NONE, rows)
  pins = columnGrow(pins, grown)
  hashes = columnGrow(hashes, grown)
  chainNext = columnGrow(chainNext, grown)
  nodeNext = newFreeList(columnGrow(nodeNext, grown), rows)
  nodeNext[grown - 1] = free
  free = rows
  freeCount += grown - rows
  heads = newLinks(headsFor(grown))
  for (let node = 1; node < rows; node++) if (nodeWitness[node] >= 0) chainAdd(node, hashes[node])
  return true
}
