// After start the core creates nothing per message: a million of them through a core in memory, and the heap as V8
// reports it. The process has room for 128 MB of new objects and no memory reducer, so that nothing is collected unseen
// during the run. The port's clock gives whole milliseconds: V8 keeps a fraction in a heap object of 16 bytes.
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { STEADY } from './bundles'
import { type Plan, planFor, subscriberCount } from './plan'

const NODE_OPTIONS = [
  '--expose-gc', '--max-semi-space-size=128', '--min-semi-space-size=128', '--no-memory-reducer',
]
/**
 * What the run itself takes of the heap, bytes: code that V8 compiles better, and its notes about that. An object for
 * each message, of the smallest size that there is (16 bytes), would be four times as much in the shortest of the runs.
 */
const OVERHEAD_SIZE = 400_000

/** On a busy machine V8 may compile late, and use the heap till then; an object for each message is there each time. */
const RETRIES = 2

interface Report {
  delivered: number
  collections: number
  allocated: number
  kept: number
  arrays: number
  memory: number
}

const fileOf = (board: string): string =>
  fileURLToPath(new URL(`../../.cache/allocation/${board}.${process.pid}.mjs`, import.meta.url))

async function build(board: string): Promise<void> {
  const { code } = await bundleBoard(board, STEADY)
  await mkdir(fileURLToPath(new URL('../../.cache/allocation', import.meta.url)), { recursive: true })
  await writeFile(fileOf(board), code)
}

async function run(board: string, plan: Plan): Promise<Report> {
  const parameters = [...NODE_OPTIONS, fileOf(board), JSON.stringify(plan)]
  return JSON.parse((await promisify(execFile)(process.execPath, parameters)).stdout) as Report
}

describe.each([
  { board: 'host', million: 1_000_000 },
  { board: 'test', million: 200_000 },
])('the core of $board', ({ board, million }) => {
  beforeAll(() => build(board))
  afterAll(() => rm(fileOf(board)))

  it.each([
    { name: 'at QoS 0', qos: 0, retain: 0, messages: million },
    { name: 'at QoS 1', qos: 1, retain: 0, messages: million },
    { name: 'at QoS 2', qos: 2, retain: 0, messages: 100_000 },
    { name: 'that are retained', qos: 1, retain: 1, messages: 100_000 },
  ])('creates nothing for $messages messages $name', { retry: RETRIES }, async ({ qos, retain, messages }) => {
    const plan = planFor(qos, retain, messages)
    const { delivered, collections, allocated, kept, arrays, memory } = await run(board, plan)
    expect(delivered).toBe(messages * subscriberCount)
    expect(collections).toBe(0)
    expect(allocated).toBeLessThan(OVERHEAD_SIZE)
    expect(kept).toBeLessThan(OVERHEAD_SIZE)
    expect({ arrays, memory }).toEqual({ arrays: 0, memory: 0 })
  })
})
