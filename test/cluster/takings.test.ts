// What a gateway says of the sessions that it has taken.
import { expect, it } from 'vitest'
import type { Commits } from '../../src/port/node/cluster/commits'
import type { Engine } from '../../src/port/node/cluster/engine'
import { LogCounts } from '../../src/port/node/cluster/log_counts'
import { type Taking, entryDecode } from '../../src/port/node/cluster/log_entry'
import { Takings } from '../../src/port/node/cluster/takings'

/** A gateway, and the log, which says what others have taken. */
class Desk {
  readonly notices: Taking[][] = []
  readonly counts = new LogCounts()
  node = 'me'
  readonly takings: Takings
  /** What a commit waits for that is under way. */
  before = Promise.resolve()

  constructor (entrySizeMax = 1_000_000) {
    const engine = {
      entrySizeMax,
      append: async (bytes: Uint8Array) => {
        expect(bytes.length).toBeLessThanOrEqual(entrySizeMax)
        const { notice, node } = entryDecode(bytes)
        const sessions = notice?.kind === 'taken' ? notice.sessions : []
        this.notices.push(sessions)
        for (const taking of sessions) this.counts.taken(node, taking)
        return this.notices.length
      },
    } as unknown as Engine
    const commits = { alone: <T>(work: () => Promise<T>) => this.before.then(work) } as unknown as Commits
    const isCurrent = (node: string): boolean => node === this.node
    const owner = { isCurrent, until: async () => undefined, get node (): string { return node() } }
    const node = (): string => this.node
    this.takings = new Takings(engine, commits, this.counts, owner)
  }

  takeAll (count: number, size = 1): Promise<boolean[]> {
    return Promise.all(Array.from({ length: count }, (_, i) =>
      this.takings.take({ client: `${i} `.padEnd(size, 'x'), over: 0, revision: i + 1 })))
  }
}

it('has all sessions in one notice that come while an entry is on its way', async () => {
  const desk = new Desk()
  expect(await desk.takeAll(64)).toEqual(Array(64).fill(true))
  expect(desk.notices.map(({ length }) => length)).toEqual([64])
  expect(await desk.takings.take({ client: 'later', over: 0, revision: 100 })).toBe(true)
  expect(desk.notices).toHaveLength(2)
})

it('has as many notices as the engine has room for', async () => {
  const desk = new Desk(40_000)
  expect(await desk.takeAll(20, 5_000)).toEqual(Array(20).fill(true))
  expect(desk.notices.length).toBeGreaterThan(2)
  expect(desk.notices.flat()).toHaveLength(20)
})

it('says that a session is another gateway\'s, which was first', async () => {
  const desk = new Desk()
  desk.counts.taken('other', { client: 'x', over: 10, revision: 11 })
  expect(await desk.takings.take({ client: 'x', over: 10, revision: 12 })).toBe(false)
})

it('has nothing for a gateway that was ended meanwhile', async () => {
  const desk = new Desk()
  const taken = desk.takings.take({ client: 'x', over: 0, revision: 1 })
  desk.node = 'anew'
  expect(await taken).toBe(false)
  expect(desk.notices).toEqual([])
})

it('rejects where the gateway leaves', async () => {
  const desk = new Desk()
  desk.before = Promise.reject(new Error('it has left'))
  await expect(desk.takeAll(3)).rejects.toThrow('it has left')
})
