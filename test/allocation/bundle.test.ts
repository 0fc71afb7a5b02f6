// After start the core creates nothing: no object, array, closure, view or string in any function of the built core
// that the runtime's calls can reach, but for the functions named here.
import { minify } from 'terser'
import { beforeAll, describe, expect, it } from 'vitest'
import { boardNames, loadBoard } from '../../scripts/lib/board.mjs'
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { READABLE } from './bundles'
import { callGraph, type CallGraph } from './call_graph'
import { creationsIn } from './creations'

/** What the runtime calls after start. */
const ROOTS = [
  'brokerAccept', 'brokerReceive', 'brokerWritable', 'brokerClosed', 'brokerTick', 'brokerAuthenticated', 'brokerStop',
]

/** Functions that may create, and why. */
const PERMITTED = new Map([
  ['assert', 'throws; on a board it is not there'],
  ['topicOf', 'a topic of $SYS, once in sys_interval seconds or for a new subscription to it; gone when it returns'],
  ['valueOf', 'its value'],
  ['valueOfTraffic', 'the same'],
  ['clientAssign', 'a Client Identifier for a CONNECT that has none; gone when it returns'],
])

/** Those that only a computer has. */
const PERMITTED_ON_COMPUTERS = new Map([
  ['loadName', 'a topic of $SYS, as often as topicOf makes one'],
  ['loadValue', 'its value'],
  ['otherValue', 'the same'],
])

/** On a computer tables double at the moment that they fill, never for a packet: what these do is not looked into. */
const isGrowth = (name: string): boolean => name.endsWith('Grow')
/** Nor is what the port does. */
const isLeaf = (name: string): boolean => isGrowth(name) || name.startsWith('port')

/** The core of a board, without what its constants rule out, under its own names. */
async function coreOf(board: string): Promise<string> {
  const { code } = await bundleBoard(board, READABLE)
  const minified = await minify(code, {
    module: true, mangle: false,
    compress: { defaults: false, passes: 3, evaluate: true, conditionals: true, dead_code: true, side_effects: true },
  })
  return minified.code!
}

describe.each([...boardNames(), 'test'])('the core of %s', (board) => {
  let graph: CallGraph
  let grows = false
  beforeAll(async () => {
    grows = (await loadBoard(board)).TABLES_GROW as boolean
    graph = callGraph(await coreOf(board), ROOTS, isLeaf)
  })

  it('creates nothing after start but in the functions that are named', () => {
    const found = [...graph.reached].flatMap(([name, by]) => {
      if (PERMITTED.has(name) || PERMITTED_ON_COMPUTERS.has(name) || isLeaf(name)) return []
      return creationsIn(graph.functions.get(name)!).map((what) => `${name}, called by ${by}: ${what}`)
    })
    expect(found).toEqual([])
  })

  it.runIf(['test', 'host'].includes(board))('does so in every function that is named', () => {
    for (const name of (board === 'host' ? PERMITTED_ON_COMPUTERS : PERMITTED).keys()) {
      expect([...graph.reached.keys()]).toContain(name)
      expect(creationsIn(graph.functions.get(name)!)).not.toEqual([])
    }
  })

  it('is looked at from end to end', () => {
    for (const name of ['handlePublish', 'handleConnect', 'handleSubscribe', 'queuePump', 'rxAppend', 'sessionEnd']) {
      expect([...graph.reached.keys()]).toContain(name)
    }
    expect(graph.reached.size).toBeGreaterThan(100)
  })

  it('grows only on a computer', () => {
    expect([...graph.reached.keys()].some(isGrowth)).toBe(grows)
  })
})
