// Packets that are taken as runs have the broker send the same bytes to every client as packets that are taken one by
// one, Packet Identifiers included, and count the same: in every case, and whatever random clients do. MIDGE_SEED
// repeats one run, MIDGE_OPERATIONS makes it longer.
import { deepStrictEqual, strictEqual } from 'node:assert'
import { describe, expect, test, type TestContext } from 'vitest'
import { TwinWorld } from '../board/twin'
import { Random } from '../model/random'
import type { Case } from '../spec/case'
import { casesFor } from '../spec/run_cases'
import { connect } from '../support/client'
import { boards, type BoardName } from '../support/core_instance'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import type { Peer } from '../support/peer'
import { Unsupported } from '../support/world'
import { runStep, type Scene } from './run_steps'

const STEPS = Number(process.env.MIDGE_OPERATIONS ?? 2_000)
const STEPS_PER_WORLD = 500
const HISTORY = 30
const SEED = Number(process.env.MIDGE_SEED ?? 1)
/** Counters of src/broker/counters.ts. */
const COUNTERS = 21

const transcriptOf = (peer: Peer): string =>
  `${peer.isClosed ? 'closed' : 'open'} ${Buffer.from(peer.raw).toString('latin1')}`

const countersOf = ({ core }: MemoryWorld): number[] => Array.from({ length: COUNTERS }, (_, i) => core.counterOf(i))

/** Counts what a broker hands over. */
function writesCounted(world: MemoryWorld): () => number {
  const { portControls } = world.core
  const { write } = portControls
  let count = 0
  portControls.write = (slot, bytes) => {
    count++
    write(slot, bytes)
  }
  return () => count
}

async function transcript(name: BoardName, one: Case): Promise<string[]> {
  const world = await memoryWorld(name, one.configuration)
  const opened: Peer[] = []
  const { open } = world
  world.open = async (version) => {
    const peer = await open.call(world, version)
    opened.push(peer)
    return peer
  }
  await one.run(world)
  return opened.map(transcriptOf)
}

async function compareCase(one: Case, context: TestContext): Promise<void> {
  try {
    deepStrictEqual(await transcript('host', one), await transcript('single', one))
  } catch (error) {
    if (error instanceof Unsupported) context.skip(error.message)
    throw error
  }
}

async function compareRandom(seed: number): Promise<[number, number]> {
  const worlds = [await memoryWorld('host', {}, seed), await memoryWorld('single', {}, seed)] as const
  const writes = worlds.map(writesCounted)
  const scene: Scene = { world: new TwinWorld([...worlds], transcriptOf), random: new Random(seed), count: 0,
    paused: new Set(), identifiers: 0, history: [], isPlain: seed % 2 > 0 }
  try {
    for (let step = 0; step < STEPS_PER_WORLD; step++) {
      await runStep(scene)
      deepStrictEqual(countersOf(worlds[0]), countersOf(worlds[1]))
    }
  } catch (error) {
    const history = scene.history.slice(-HISTORY).join('\n')
    throw new Error(`MIDGE_SEED=${seed}: ${(error as Error).message}\n${history}`, { cause: error })
  }
  return [writes[0](), writes[1]()]
}

describe('as runs and one by one, the same bytes', () => {
  for (const one of casesFor(boards.host)) {
    if (one.packets < 10_000 && !one.longTime) test(one.name, (context) => compareCase(one, context))
  }

  test(`${STEPS} steps of random clients`, async () => {
    let asRuns = 0
    let oneByOne = 0
    for (let done = 0, seed = SEED; done < STEPS; done += STEPS_PER_WORLD, seed++) {
      const [first, second] = await compareRandom(seed)
      asRuns += first
      oneByOne += second
    }
    expect(asRuns).toBeLessThan(oneByOne * 0.9)
  })
})

describe('a run', () => {
  test.each([0, 1, 2])('at QoS %i is handed on as a range', async (qos) => {
    const world = await memoryWorld('host')
    const taker = await connect(world, { version: 4 })
    await taker.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: qos as 0 | 1 | 2 }] })
    const giver = await connect(world, { version: 4 })
    await taker.drain()
    const writes = writesCounted(world)
    const packets = Array.from({ length: 100 }, (_, i) => giver.encode({
      cmd: 'publish', topic: 't', qos: qos as 0 | 1 | 2, messageId: 500 + i, payload: `message ${i}`, retain: false,
      dup: false,
    }))
    await giver.send(Buffer.concat(packets))
    const got = await taker.drain()
    deepStrictEqual(got.map(({ payload }) => String(payload)), packets.map((_, i) => `message ${i}`))
    if (qos) deepStrictEqual(got.map(({ messageId }) => messageId), packets.map((_, i) => i + 1))
    // The first message goes its way; then a copy of the rest, and their acknowledgements.
    strictEqual(writes(), qos ? 4 : 2)
    const answers = await giver.drain()
    deepStrictEqual(answers.map(({ messageId }) => messageId), qos ? packets.map((_, i) => 500 + i) : [])
  })
})
