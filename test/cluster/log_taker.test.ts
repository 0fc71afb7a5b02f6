// What a gateway does with what the log brings.
import { afterEach, expect, it, vi } from 'vitest'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import { LogCounts } from '../../src/port/node/cluster/log_counts'
import type { LogEntry } from '../../src/port/node/cluster/log_entry'
import { LogTaker, type TakerOwner } from '../../src/port/node/cluster/log_taker'

afterEach(() => { vi.restoreAllMocks() })

const entry = (seq: number, count: number, ...topics: string[]): LogEntry & { seq: number } => ({
  seq, node: 'n1', count, writtenMs: 0, notice: null,
  messages: topics.map(topic => ({
    clientIdentifier: '', packetIdentifier: 0, flags: 2, topicSize: topic.length, propertiesSize: 0,
    bytes: Buffer.from(topic), expiry: 0,
  })),
})

/** A gateway whose core has room for some topics. */
class Desk {
  readonly told: string[] = []
  readonly taken: string[] = []
  full = new Set<string>()
  readonly taker: LogTaker

  constructor () {
    const core = {
      clusterPublish: (bytes: Uint8Array) => {
        const topic = Buffer.from(bytes).toString()
        if (this.full.has(topic)) return false
        this.taken.push(topic)
        return true
      },
    }
    const owner = { node: 'me', groups: { only: '' }, tell: (message: string) => this.told.push(message) }
    this.taker = new LogTaker(
      core as unknown as ConstructorParameters<typeof LogTaker>[0], new ClusterRecords(), new LogCounts(),
      owner as unknown as TakerOwner)
  }
}

it('takes an entry that stands in the log a second time once', () => {
  const { taker, taken } = new Desk()
  expect([entry(1, 1, 'a'), entry(2, 2, 'b'), entry(3, 1, 'a'), entry(4, 3, 'c')].map(one => taker.take(one)))
    .toEqual([true, true, true, true])
  expect(taken).toEqual(['a', 'b', 'c'])
})

it('takes what is retained alone of what it has from elsewhere, unless that has expired', () => {
  const { taker, taken } = new Desk()
  taker.since = 5
  const past = entry(5, 1, 'quick', 'kept', 'expired')
  Object.assign(past.messages[1], { flags: 3 })
  Object.assign(past.messages[2], { flags: 3, expiry: 1 })
  for (const one of [past, entry(6, 2, 'new')]) taker.take(one)
  expect(taken).toEqual(['kept', 'new'])
})

it('waits for room, and goes on without what there is none for where that lasts', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const desk = new Desk()
  const { taker, taken, told } = desk
  const first = entry(1, 1, 'a', 'big', 'b')
  desk.full = new Set(['big'])
  expect([taker.take(first), taker.isFull, taken]).toEqual([false, true, ['a']])
  now.mockReturnValue(9_000)
  expect([taker.take(first), told]).toEqual([false, []])
  now.mockReturnValue(10_000)
  expect(taker.take(first)).toBe(true)
  expect([taken, taker.isFull]).toEqual([['a', 'b'], false])
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('memory is full')
  now.mockReturnValue(11_000)
  expect(taker.take(entry(2, 2, 'big'))).toBe(false)
  desk.full.clear()
  expect(taker.take(entry(2, 2, 'big'))).toBe(true)
  expect(taken.at(-1)).toBe('big')
})
