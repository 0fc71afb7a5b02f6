// Sessions that come from their keys, of which the engine may not have all that they are owed.
import { expect, it } from 'vitest'
import { RECORD_MESSAGE, RECORD_QUEUED, RECORD_SESSION } from '../../src/records/record_kind'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import { HostedSession, type SessionState, stateOf } from '../../src/port/node/cluster/hosted_session'
import type { LogReader, ReadEntry } from '../../src/port/node/cluster/log_reader'
import { SessionImport } from '../../src/port/node/cluster/session_import'

/** A session's record: no owner yet, its time, flags, and its client. */
const record = (client: string): string =>
  Buffer.concat([Buffer.alloc(9), Buffer.from([0, client.length]), Buffer.from(client)]).toString('base64')

/** A session that is owed messages of entries. */
function owed (client: string, ...places: [number, number][]): SessionState {
  return {
    ...stateOf(new HostedSession(client), 'n', 10, true, null)!, session: record(client),
    queue: places.map(place => ({ row: Buffer.alloc(20).toString('base64'), marks: 0, place })),
  }
}

const entry = (seq: number, count: number): ReadEntry => ({
  seq, node: 'n', count: seq, writtenMs: 0, notice: null,
  messages: Array.from({ length: count }, () => ({
    clientIdentifier: '', packetIdentifier: 1, flags: 2, topicSize: 1, propertiesSize: 0, bytes: Buffer.from('t'),
    expiry: 0,
  })),
})

it('come without messages that are gone, or that the log has something else for', async () => {
  const log = new Map([[5, entry(5, 2)], [6, entry(6, 1)]])
  const reader = {
    position: 10, firstOf: async () => 10, until: async () => undefined, alone: (work: () => Promise<void>) => work(),
    entry: async (seq: number) => log.get(seq) ?? null,
  } as unknown as LogReader
  const records = new ClusterRecords()
  const made: number[][] = []
  const imports = new SessionImport(records, reader, {
    sessionImport: () => {
      const kinds: number[] = []
      for (let name = records.next(0); name; name = records.next(name)) kinds.push(records.kind(name))
      made.push(kinds)
    },
    sessionsSettle: () => undefined, publish: () => true, counts: () => true, needs: () => undefined,
  })
  const states = [owed('gone', [4, 0], [5, 1]), owed('else', [6, 1]), owed('all', [5, 0], [6, 0])]
  await imports.run(states.map(state => ({ state, revision: 3, cursor: 10, isLost: false })))
  const message = [RECORD_MESSAGE, RECORD_QUEUED]
  expect(made).toEqual([[RECORD_SESSION, ...message], [RECORD_SESSION], [RECORD_SESSION, ...message, ...message]])
  expect(states.map(({ client }) => records.hosted.get(client)?.takenAt)).toEqual([3, 3, 3])
})
