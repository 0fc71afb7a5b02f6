// Members of a group here are given an entry as a whole, or nothing of it.
import { describe, expect, it } from 'vitest'
import { SETTING_QUEUE, SETTING_QUEUE_BYTES } from '../../src/broker/settings'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import { GroupGiving } from '../../src/port/node/cluster/group_giving'
import type { LogEntry } from '../../src/port/node/cluster/log_entry'

const entryOf = (count: number, expiry = 0): LogEntry => ({
  node: 'n', count: 1, writtenMs: Date.now() - 60_000, notice: null,
  messages: Array.from({ length: count }, (_, i) => ({
    clientIdentifier: String(i), packetIdentifier: 0, flags: 2, topicSize: 0, propertiesSize: 0,
    bytes: Buffer.alloc(0), expiry,
  })),
})

/** A gateway whose only member has room for three messages, of which one does not count. */
function gateway (without = -1): { queue: number[], values: Map<number, number>, giving: GroupGiving } {
  const values = new Map([[SETTING_QUEUE, 3], [SETTING_QUEUE_BYTES, 100]])
  const records = new ClusterRecords()
  const queue: number[] = []
  const share = (_group: string, _entry: LogEntry, { index }: { index: number }): boolean => {
    if (queue.length >= values.get(SETTING_QUEUE)!) return false
    queue.push(index)
    records.takers!.add(records.host('member'))
    return true
  }
  const giving = new GroupGiving({ share }, { counts: (_entry, index) => index !== without }, records, {
    settingOf: setting => values.get(setting)!, settingSet: (setting, value) => void values.set(setting, value),
  })
  return { queue, values, giving }
}

const clients = (takers: Set<{ client: string }> | null): string[] => [...takers!].map(({ client }) => client)

describe('an entry for a group', () => {
  it('is given as a whole to whoever has room for its first message, and leaves the bounds as they were', () => {
    const { queue, values, giving } = gateway()
    expect(clients(giving.give('$share/g/x', 7, entryOf(12), [1, 2, 5, 9]))).toEqual(['member'])
    expect(queue).toEqual([1, 2, 5, 9])
    expect([...values.values()]).toEqual([3, 100])
    expect(giving.give('$share/g/x', 8, entryOf(2), [0, 1])).toBe(null)
    expect(queue).toHaveLength(4)
  })

  it('goes without messages that do not count, and is nobody\'s where there is no other', () => {
    const { queue, giving } = gateway(1)
    expect(clients(giving.give('$share/g/x', 7, entryOf(2), [1]))).toEqual([])
    expect(clients(giving.give('$share/g/x', 8, entryOf(3), [0, 1, 2]))).toEqual(['member'])
    expect(queue).toEqual([0, 2])
  })

  it('goes without messages that have expired', () => {
    const { queue, giving } = gateway()
    const entry = entryOf(3, 30)
    entry.messages[1].expiry = 90
    expect(clients(giving.give('$share/g/x', 7, entry, [0, 1, 2]))).toEqual(['member'])
    expect(queue).toEqual([1])
  })
})
