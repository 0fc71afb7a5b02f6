// The log is kept for sessions, and for groups that have not taken what is in it.
import { expect, it } from 'vitest'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import type { Engine } from '../../src/port/node/cluster/engine'
import { groupName } from '../../src/port/node/cluster/group_consumer'
import type { Leases } from '../../src/port/node/cluster/leases'
import { Trimmer } from '../../src/port/node/cluster/trimmer'

interface Consumer { name: string, had: number, begins?: number }

/** Where the log of a gateway begins that has read it as far as this, after a minute. */
async function trimmedTo (position: number, needed: number, ...consumers: Consumer[]): Promise<number> {
  let from = 0
  const engine = {
    isReady: true, log: 'LOG',
    manager: {
      consumers: {
        list: async function * () {
          for (const { name, had, begins } of consumers) {
            yield { name, ack_floor: { stream_seq: had }, config: { opt_start_seq: begins } }
          }
        },
      },
    },
    trim: async (seq: number) => { from = seq },
  } as unknown as Engine
  const leases = { neededFrom: needed, others: new Map() } as unknown as Leases
  const trimmer = new Trimmer(engine, new ClusterRecords(), leases, { node: 'n', position })
  for (let i = 0; i < 7; i++) await trimmer.look()
  return from
}

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
