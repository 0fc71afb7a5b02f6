// The log is kept for sessions, and for groups that have not taken what is in it.
import { afterEach, expect, it, vi } from 'vitest'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import type { Engine } from '../../src/port/node/cluster/engine'
import { groupName } from '../../src/port/node/cluster/group_consumer'
import type { Leases } from '../../src/port/node/cluster/leases'
import { Trimmer } from '../../src/port/node/cluster/trimmer'

interface Consumer { name: string, had: number, begins?: number, asked?: number }

/** Milliseconds of a day. */
const DAY_MS = 86_400_000

afterEach(() => { vi.restoreAllMocks() })

/** The engine's log, which has entries from 1 on; a minute after a gateway begins to look at it. */
class Log {
  first = 1
  readonly ended: string[] = []
  readonly trimmer: Trimmer

  constructor (position: number, needed: number, public consumers: Consumer[]) {
    const list = async function * (log: Log): AsyncGenerator {
      for (const { name, had, begins, asked = 1 } of log.consumers) {
        yield { name, ack_floor: { stream_seq: had }, config: { opt_start_seq: begins }, num_waiting: asked }
      }
    }
    const engine = {
      isReady: true, log: 'LOG', range: async () => ({ first: this.first, last: position }),
      manager: {
        consumers: {
          list: () => list(this),
          delete: async (_log: string, name: string) => this.ended.push(name),
        },
        streams: { deleteMessage: async (_log: string, seq: number) => { this.first = Math.max(this.first, seq + 1) } },
      },
    } as unknown as Engine
    const leases = { neededFrom: needed, others: new Map() } as unknown as Leases
    this.trimmer = new Trimmer(engine, new ClusterRecords(), leases, { node: 'n', position })
  }

  async look (times: number): Promise<this> {
    for (let i = 0; i < times; i++) await this.trimmer.look()
    return this
  }
}

/** Where the log begins after a minute. */
const trimmedTo = async (position: number, needed: number, ...consumers: Consumer[]): Promise<number> =>
  (await new Log(position, needed, consumers).look(7)).first

const name = groupName('$share/g/x')

it('lets go of what no session needs', async () => {
  expect(await trimmedTo(5_000, 4_000)).toBe(4_000)
  expect(await trimmedTo(5_000, 4_000, { name: 'somebody_else', had: 10 })).toBe(4_000)
})

it('keeps what a group has not acknowledged, or has not begun with', async () => {
  expect(await trimmedTo(5_000, 4_000, { name, had: 2_999 })).toBe(3_000)
  expect(await trimmedTo(5_000, 4_000, { name, had: 0, begins: 3_500 })).toBe(3_500)
})

it('keeps 100,000 entries at the most for a group that takes nothing', async () => {
  expect(await trimmedTo(150_000, 149_000, { name, had: 10 })).toBe(50_000)
})

it('ends a group that no gateway has asked for anything in a day, and no other', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const [idle, busy] = [groupName('$share/g/idle'), groupName('$share/g/busy')]
  const log = new Log(10, 5, [{ name: idle, had: 9, asked: 0 }, { name: busy, had: 9, asked: 0 }])
  await log.look(8)
  now.mockReturnValue(DAY_MS / 2)
  log.consumers[1].asked = 1
  await log.look(1)
  log.consumers[1].asked = 0
  now.mockReturnValue(DAY_MS)
  await log.look(1)
  expect(log.ended).toEqual([idle])
})
