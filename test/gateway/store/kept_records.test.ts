// The gateway's store of records against a map of them: what was committed is there again, whenever the power goes.
import { describe, expect, it } from 'vitest'
import { memory } from '../../../src/memory'
import { KeptRecords, type StoreOptions, type StoreState } from '../../../src/port/node/records/kept_records'
import { recordsLoad } from '../../../src/port/node/records/record_loading'
import { MemoryFile } from './memory_file'

const HEAD_SIZE = 3

const open = async (file: MemoryFile, options?: StoreOptions): Promise<KeptRecords> =>
  new KeptRecords(file, await recordsLoad(file), options)

/** Adds a record whose bytes follow from a number. */
function add (store: KeptRecords, kind: number, size: number, seed = 0): number {
  for (let i = 0; i < size; i++) memory[1_000 + i] = seed + i
  return store.add(kind, 1_000, Math.min(HEAD_SIZE, size), 1_000 + HEAD_SIZE, Math.max(0, size - HEAD_SIZE))
}

const commit = (store: KeptRecords): Promise<boolean> => new Promise(resolve => store.commit(resolve))

/** What a store has: for each record its sequence number, kind, marks and bytes. */
function all (store: KeptRecords): string[] {
  const found: string[] = []
  for (let record = store.next(0); record; record = store.next(record)) {
    const bytes = Buffer.from(store.bytes(record)).toString('hex')
    found.push(`${store.sequence(record)} ${store.kind(record)} ${store.marks(record)} ${bytes}`)
  }
  return found
}

const turn = (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })

describe('the store of records', () => {
  it('has what was committed, in the order of its sequence numbers', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    const names = [add(store, 1, 5), add(store, 2, 0), add(store, 7, 300, 9)]
    store.mark(names[2], 2)
    store.mark(names[2], 4)
    await commit(store)
    store.remove(names[0])
    await commit(store)
    const again = await open(file)
    expect(all(again)).toEqual(['2 2 0 ', `3 7 6 ${Buffer.from(memory.slice(1_000, 1_300)).toString('hex')}`])
    expect(again.size(again.next(0))).toBe(0)
  })

  it('writes nothing of what was not committed, and never gives a sequence number twice', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    const last = [1, 2, 3].map(() => add(store, 1, 4))[2]
    store.remove(last)
    await commit(store)
    add(store, 1, 4)
    const again = await open(file)
    expect(all(again)).toHaveLength(2)
    expect(again.sequence(add(again, 1, 4))).toBe(4)
  })

  it('does not write a record that is gone before its commit', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    const kept = add(store, 1, 10)
    for (let i = 0; i < 10; i++) store.remove(add(store, 2, 10_000))
    const behind = add(store, 3, 10, 7)
    store.mark(kept, 1)
    store.mark(behind, 2)
    await commit(store)
    expect(file.writtenSize).toBeLessThan(100)
    expect(all(await open(file))).toEqual([
      '1 1 1 00010203040506070809', '12 3 2 0708090a0b0c0d0e0f10',
    ])
  })

  it('tells how old a record is, also behind a restart', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    add(store, 1, 4)
    await commit(store)
    const { now } = Date
    try {
      Date.now = () => now() + 100_000
      const again = await open(file)
      expect(again.age(again.next(0))).toBeGreaterThanOrEqual(100)
      // A clock that was set back has no record of the future.
      Date.now = () => now() - 100_000
      expect(again.age(again.next(0))).toBe(0)
    } finally {
      Date.now = now
    }
  })

  it('keeps its log short, and loses nothing by it', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    const kept = Array.from({ length: 50 }, (_, i) => add(store, 4, 1_000, i))
    store.mark(kept[7], 1)
    await commit(store)
    for (let i = 0; i < 2_500; i++) {
      const one = add(store, 3, 60_000)
      await commit(store)
      store.remove(one)
      if (i === 1_000) store.remove(kept[3])
      if (i === 1_500) store.mark(kept[4], 2)
      if (store.isChanged) await commit(store)
      await turn()
    }
    const size = [...file.entries.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    expect(size).toBeLessThan(16_777_216 + 8_000_000)
    const again = await open(file)
    expect(all(again)).toHaveLength(49)
    expect(all(again).slice(0, 8).map(text => text.split(' ').slice(0, 3).join(' '))).toEqual([
      '1 4 0', '2 4 0', '3 4 0', '5 4 2', '6 4 0', '7 4 0', '8 4 1', '9 4 0',
    ])
    expect(all(again)[48]).toContain(' 4 0 3132333435')
  }, 60_000)

  it.each([1, 2, 3, 4, 5, 6])('is what a map of records is, whenever the power goes: %i', async (seed) => {
    let state = seed * 2_654_435_761
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % below
    }
    const file = new MemoryFile()
    let store = await open(file)
    let known = new Map<number, string>()
    const committed = (): string[] => [...known].sort(([a], [b]) => a - b).map(([, text]) => text)
    for (let round = 0; round < 60; round++) {
      const now = new Map<number, { record: number, kind: number, marks: number, hex: string }>()
      for (let record = store.next(0); record; record = store.next(record)) {
        const hex = Buffer.from(store.bytes(record)).toString('hex')
        now.set(store.sequence(record), { record, kind: store.kind(record), marks: store.marks(record), hex })
      }
      store.loadedForget()
      for (let i = random(120); i > 0; i--) {
        const some = [...now.values()]
        const one = some[random(some.length || 1)]
        const what = random(8)
        if (what < 4 || !one) {
          const [kind, size, first] = [1 + random(7), random(3) ? random(40) : random(20_000), random(256)]
          const record = add(store, kind, size, first)
          const hex = Buffer.from(memory.slice(1_000, 1_000 + size)).toString('hex')
          now.set(store.sequence(record), { record, kind, marks: 0, hex })
        } else if (what < 6) {
          now.delete(store.sequence(one.record))
          store.remove(one.record)
        } else if (what === 6) {
          const mark = 1 << random(3)
          store.mark(one.record, mark)
          one.marks |= mark
        } else if (store.isChanged) {
          file.isFailing = !random(4)
          const isKept = await commit(store)
          file.isFailing = false
          // What could not be written is written with the next.
          if (isKept) known = new Map([...now].map(([n, r]) => [n, `${n} ${r.kind} ${r.marks} ${r.hex}`]))
          else break
        }
      }
      store = await open(file)
      expect(all(store)).toEqual(committed())
    }
  })
})

describe('a store that cannot go on', () => {
  const told: StoreState[] = []
  const options: StoreOptions = { told: state => told.push(state) }

  it('writes what failed again, refuses meanwhile, and says so once', async () => {
    told.length = 0
    const file = new MemoryFile()
    const store = await open(file, options)
    const first = add(store, 1, 4)
    file.isFailing = true
    expect(await commit(store)).toBe(false)
    expect([store.isChanged, store.isBusy, store.room(1, 1), add(store, 1, 1)]).toEqual([true, true, false, 0])
    const due = new Promise<void>(resolve => { store.changed = resolve })
    store.remove(first)
    await due
    expect(await commit(store)).toBe(false)
    file.isFailing = false
    await new Promise<void>(resolve => { store.changed = resolve })
    expect(await commit(store)).toBe(true)
    expect([store.isChanged, store.room(1, 1)]).toEqual([false, true])
    expect(told).toEqual(['failed', 'good'])
    expect(all(await open(file))).toEqual([])
  })

  it('refuses before the disk is full, and takes more when there is room', async () => {
    told.length = 0
    const file = new MemoryFile()
    file.freeSize = 40_000_000
    const store = await open(file, options)
    await turn()
    expect(store.room(1, 1_000_000)).toBe(true)
    expect(store.room(1, 5_000_000)).toBe(false)
    expect(told).toEqual(['full'])
    file.freeSize = 1e12
    await new Promise(resolve => setTimeout(resolve, 1_100))
    store.room(1, 5_000_000)
    await turn()
    expect(store.room(1, 5_000_000)).toBe(true)
    expect(told).toEqual(['full', 'good'])
  })

  it('keeps so many bytes and no more', async () => {
    told.length = 0
    const file = new MemoryFile()
    const store = await open(file, { ...options, sizeMax: 100 })
    const names = [add(store, 1, 60), add(store, 1, 40)]
    expect([store.room(0, 0), store.room(1, 1), add(store, 1, 1)]).toEqual([true, false, 0])
    store.remove(names[0])
    expect(store.room(1, 60)).toBe(true)
    expect(told).toEqual(['full', 'good'])
  })

  it('commits what is left when it closes, behind a commit that is under way', async () => {
    const file = new MemoryFile()
    const store = await open(file)
    add(store, 1, 4)
    file.hold()
    const first = commit(store)
    add(store, 1, 4)
    const closing = store.close()
    file.release()
    expect(await first).toBe(true)
    await closing
    expect(file.isClosed).toBe(true)
    expect(all(await open(file))).toHaveLength(2)
  })
})
