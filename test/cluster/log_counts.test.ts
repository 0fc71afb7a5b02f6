// Which messages of the log count, whoever reads it and whenever he asks.
import { describe, expect, it } from 'vitest'
import { LogCounts } from '../../src/port/node/cluster/log_counts'
import type { ReadEntry } from '../../src/port/node/cluster/log_reader'

let entryCount = 0

const entry = (seq: number, node: string, ...clients: string[]): ReadEntry => ({
  seq, node, count: ++entryCount, writtenMs: 0, notice: null,
  messages: clients.map(clientIdentifier => ({
    clientIdentifier, packetIdentifier: 1, flags: 4, topicSize: 0, propertiesSize: 0, bytes: Buffer.alloc(0),
    expiry: 0,
  })),
})

/** Looks at entries in order; answers which clients' messages of each count. */
function counting (counts: LogCounts, ...entries: ReadEntry[]): string[] {
  for (const one of entries) counts.look(one)
  const clients = (one: ReadEntry): string[] =>
    counts.counting(one, one.messages).map(({ clientIdentifier }) => clientIdentifier)
  return entries.map(one => clients(one).join(' '))
}

const take = (client: string, over: number, revision: number): { client: string, over: number, revision: number } =>
  ({ client, over, revision })

describe('a message of the log', () => {
  it('counts while nobody else has taken its client\'s session, and others of its entry do', () => {
    const counts = new LogCounts()
    expect(counting(counts, entry(1, 'a', 'x', 'y', ''))).toEqual(['x y '])
    expect(counts.taken('b', take('x', 5, 6))).toBe(true)
    expect(counting(counts, entry(3, 'a', 'x', 'y', ''), entry(4, 'b', 'x'))).toEqual(['y ', 'x'])
  })

  it('counts as it did when the log came to it, whoever has the session by then', () => {
    const counts = new LogCounts()
    counts.taken('a', take('x', 0, 1))
    const [early, mine] = [entry(2, 'a', 'x'), entry(4, 'b', 'x')]
    counts.look(early)
    counts.taken('b', take('x', 1, 2))
    const late = entry(5, 'a', 'x')
    for (const one of [mine, late]) counts.look(one)
    counts.taken('a', take('x', 2, 3))
    const again = entry(7, 'a', 'x')
    expect(counting(counts, again)).toEqual(['x'])
    expect([early, mine, late].map(one => counts.counts(one, 0))).toEqual([true, true, false])
    // Who asks a second time hears the same.
    for (const one of [early, mine, late]) counts.look(one)
    expect([early, mine, late].map(one => counts.counts(one, 0))).toEqual([true, true, false])
  })

  it('does not count where its gateway is over, or its entry stands there again', () => {
    const counts = new LogCounts()
    const first = entry(1, 'a', 'x')
    expect(counting(counts, first, { ...first, seq: 2 })).toEqual(['x', ''])
    counts.over('a', 3)
    expect(counting(counts, entry(4, 'a', 'x'))).toEqual([''])
  })
})

describe('of two that have taken a session', () => {
  it('the first one has it, where neither knew of the other', () => {
    const counts = new LogCounts()
    expect(counts.taken('b', take('x', 100, 101))).toBe(true)
    expect(counts.taken('c', take('x', 100, 102))).toBe(false)
    expect(counts.holderOf('x')).toEqual({ node: 'b', revision: 101 })
  })

  it('the second one has it, where it knew of the first, which is not believed when it says so again', () => {
    const counts = new LogCounts()
    counts.taken('b', take('x', 100, 101))
    expect(counts.taken('c', take('x', 140, 141))).toBe(true)
    expect(counts.taken('b', take('x', 100, 101))).toBe(false)
    expect(counts.holderOf('x')?.node).toBe('c')
    // It ends there, and begins anew elsewhere.
    expect(counts.taken('b', take('x', 150, 151))).toBe(true)
  })
})
