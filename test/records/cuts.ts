// The power goes, between any two changes of the record store: what the broker starts with is what it had, by asking
// both. A change in the middle of a packet leaves each part as it was before the packet or as it was after it.

import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { MemoryWorld } from '../support/memory_world'
import { RECORD_FILTERS } from '../../src/records/record_kind'
import { MemoryRecords } from '../support/memory_records'
import { Random } from '../model/random'
import { Household, NO_SESSION, inquire, type Findings } from './household'

const STEPS = 40
/** Added to a seed for who moves. */
const MOVES_SEED = 1_000
/** What a run of all tests takes of each board: some, and who alone notices one of the deliberate bugs. */
export const CUT_SEEDS_IN_CI = [1, 2, 3, 4, 5, 6, 7, 8, 56]

/** Starts a broker on a store. */
export type Start = (records: MemoryRecords, seed: number) => Promise<MemoryWorld>

interface Run {
  world: MemoryWorld
  records: MemoryRecords
  /** How many changes of the store there were behind each step. */
  changes: number[]
  /** Who came or left in each. */
  movers: string[]
}

/** Between two calls into the core a store that cleans its flash moves records, of which the core is told. */
function movesMake (world: MemoryWorld, records: MemoryRecords, random: Random): void {
  for (const { name, kind } of records.all().filter(() => random.below(8) === 0)) {
    // What is named of such a record is its one filter.
    const more = kind === RECORD_FILTERS ? 1 : 0
    world.core.recordMoved(name + more, records.move(name) + more)
  }
}

/** A household's first steps. */
async function run (start: Start, seed: number, steps: number): Promise<Run> {
  const now = { ms: 0 }
  const records = new MemoryRecords(() => now.ms)
  const world = await start(records, seed)
  const household = new Household(world, seed)
  const changes = [0]
  const movers = ['']
  const random = new Random(seed + MOVES_SEED)
  for (let step = 0; step < steps; step++) {
    await household.step()
    if (world.board.RECORDS_MAPPED) movesMake(world, records, random)
    now.ms = world.now
    changes.push(records.changes)
    movers.push(household.mover)
  }
  return { world, records, changes, movers }
}

/** What is found after so many steps, by who was there all the time. */
async function findingsOf (start: Start, seed: number, steps: number): Promise<ReturnType<typeof inquire>> {
  const { world } = await run(start, seed, steps)
  for (const peer of world.peers()) await peer.drop()
  return inquire(world)
}

interface Queued { topic: string, payload: string, retain: boolean, messageId: number }
interface Queue { messages: Queued[], released: number[] }

/** What may be found in the middle: a message at a time was put into a queue, or all. */
function between (before: unknown, after: unknown): unknown[] {
  const [{ messages: some }, { messages: all }] = [before, after] as Partial<Queue>[]
  if (!some || !all || all.length < some.length) return [after]
  return Array.from({ length: all.length - some.length + 1 }, (_, more) => {
    const missing = all.slice(some.length + more).map(({ messageId }) => messageId)
    const released = (after as Queue).released.filter(messageId => !missing.includes(messageId))
    return { ...after as object, messages: all.slice(0, some.length + more), released }
  })
}

/**
 * Who waits for retained messages when the power goes gets all of them anew, those that it had among them: what was
 * found, without such ones, if nothing else is missing or out of order.
 */
function withoutMore (found: unknown, expected: unknown): unknown {
  const [{ messages: all }, { messages: some }] = [found, expected] as Partial<Queue>[]
  if (!all || !some || all.length <= some.length) return found
  const rest = [...all]
  for (const message of some) {
    const at = rest.findIndex(other => other.topic === message.topic && other.payload === message.payload)
    if (at < 0 || rest.slice(0, at).some(({ retain }) => !retain)) return found
    rest.splice(0, at + 1)
  }
  return rest.every(({ retain }) => retain) ? expected : found
}

/** What was found by asking a broker. */
export type Inquiry = Awaited<ReturnType<typeof inquire>>

/** Starts a broker from a store, and throws where it is not what was found before. */
async function compare (start: Start, records: MemoryRecords, before: Inquiry, when: string): Promise<void> {
  judgeWhole(await inquire(await start(records, 1)), before, when)
}

/** Throws where a broker that was started of what there was between two steps is not what was found before. */
export function judgeWhole (after: Inquiry, { findings, repeated }: Inquiry, when: string): void {
  for (const [part, found] of Object.entries(after.findings)) {
    expect(withoutMore(found, findings[part]), `${part} ${when}`).toEqual(findings[part])
  }
  for (const [name, identifiers] of Object.entries(repeated)) {
    expect(after.repeated[name], `sent again to ${name}`).toEqual(expect.arrayContaining(identifiers))
  }
}

/**
 * Throws where a broker that was started of what there was in the middle of a step has anything that is neither as it
 * was before nor as it was behind it. `mover` came or left in that step, or is empty.
 */
export function judgeMiddle (middle: Findings, before: Findings, behind: Findings, mover: string, when: string): void {
  for (const [part, found] of Object.entries(middle)) {
    const isAbsent = part.startsWith(mover || '-')
    const parts = [before[part], ...between(before[part], behind[part])]
    const allowed = isAbsent ? [...parts, NO_SESSION, []] : parts
    if (allowed.some(one => isDeepStrictEqual(withoutMore(found, one), one))) continue
    expect(allowed, `${part}, ${when}`).toContainEqual(found)
  }
}

/**
 * A household's steps with brokers of a kind: behind each, and unless a store takes the changes of a packet as one
 * (`isByCall`) behind every change, another broker starts from what there is. Throws where it is not what it must be.
 */
export async function checkCuts (start: Start, isByCall: boolean, seed: number): Promise<void> {
  const { records, changes, movers } = await run(start, seed, STEPS)
  let before: Findings | undefined
  for (let steps = 0; steps <= STEPS; steps++) {
    const { findings, repeated } = await findingsOf(start, seed, steps)
    await compare(start, records.after(changes[steps]), { findings, repeated }, `behind step ${steps}`)
    for (let cut = isByCall ? changes[steps] : (changes[steps - 1] ?? 0) + 1; cut < changes[steps]; cut++) {
      const middle = (await inquire(await start(records.after(cut), 1))).findings
      judgeMiddle(middle, before!, findings, movers[steps], `change ${cut} in step ${steps}`)
    }
    before = findings
  }
}

/** The same where nothing has happened for a while when the power goes: what may be written late has been. */
export async function checkQuiet (start: Start, seed: number, quietMs: number): Promise<void> {
  for (let steps = 0; steps <= STEPS; steps++) {
    const { world, records } = await run(start, seed, steps)
    await world.advance(quietMs)
    const { changes } = records
    for (const peer of world.peers()) await peer.drop()
    await compare(start, records.after(changes), await inquire(world), `a while behind step ${steps}`)
  }
}
