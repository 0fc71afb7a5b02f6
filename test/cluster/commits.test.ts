// What waits for a commit while the engine does not answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ClusterRecords } from '../../src/port/node/cluster/cluster_records'
import { type CommitOwner, Commits } from '../../src/port/node/cluster/commits'
import type { CoreSessions } from '../../src/port/node/cluster/core_sessions'
import type { Engine } from '../../src/port/node/cluster/engine'
import { LogCounts } from '../../src/port/node/cluster/log_counts'
import type { RetainedBucket } from '../../src/port/node/cluster/retained_bucket'
import { SessionKeys } from '../../src/port/node/cluster/session_keys'
import type { Published } from '../../src/port/node/cluster_seam'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const MESSAGE: Published = {
  clientIdentifier: 'c', packetIdentifier: 1, flags: 2, topicSize: 1, propertiesSize: 0, bytes: Buffer.from('t'),
  expiry: 0,
}

/** Commits to an engine that takes an entry when it is told to. */
function slow (lost: number[] = []): {
  commits: Commits, engine: { awayMs: number }, take: (seq?: number) => void, asked: string[], told: string[],
} {
  const [asked, told]: string[][] = [[], []]
  let take: (seq: number) => void = () => undefined
  const known = {
    awayMs: 0, entrySizeMax: 1_000_000,
    append: (_bytes: Uint8Array, identifier: string) => new Promise(resolve => {
      asked.push(identifier)
      take = resolve
    }),
  }
  const engine = known as unknown as Engine
  const counts = new LogCounts()
  // It reads what was written, or something else.
  const until = async (seq: number): Promise<void> => counts.look({
    node: lost.includes(seq) ? 'other' : 'n', count: 1, seq, writtenMs: 0, messages: [], notice: null,
  })
  const owner: CommitOwner = {
    node: 'n', position: 0, groups: { given: [], kept: () => undefined, made: async () => undefined },
    isCurrent: () => true, until, tell: message => told.push(message),
  }
  const retained = { put: async () => undefined } as unknown as RetainedBucket
  const commits = new Commits(
    engine, new ClusterRecords(), {} as CoreSessions, new SessionKeys(engine), retained, counts, owner)
  return { commits, engine: known, take: (seq = 1) => take(seq), asked, told }
}

it('is let go by no commit that was given up, whoever began it', async () => {
  const { commits, engine, take } = slow()
  const answers: boolean[] = []
  commits.publish(MESSAGE)
  // Nobody waits for this one, which has what clients wait for.
  const flushed = commits.flush()
  await vi.advanceTimersByTimeAsync(1)
  expect([commits.isChanged, commits.isBusy]).toEqual([false, true])
  engine.awayMs = 4_000
  await vi.advanceTimersByTimeAsync(300)
  expect([commits.isChanged, commits.isBusy]).toEqual([true, false])
  commits.commit(isKept => answers.push(isKept))
  await vi.advanceTimersByTimeAsync(1)
  expect(answers).toEqual([false])
  take()
  await flushed
  await vi.advanceTimersByTimeAsync(2_000)
  expect([commits.isChanged, commits.isBusy]).toEqual([false, false])
  commits.commit(isKept => answers.push(isKept))
  await vi.advanceTimersByTimeAsync(1)
  expect(answers).toEqual([false, true])
  commits.stop()
})

it('writes an entry again where the engine has something else', async () => {
  const { commits, take, asked, told } = slow([7])
  commits.publish(MESSAGE)
  const written = commits.run(false)
  await vi.advanceTimersByTimeAsync(1)
  take(7)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual(['n.1', 'n.1.again'])
  take(8)
  await written
  expect(told).toHaveLength(1)
  commits.stop()
})

it('stays where it is when the gateway has left', async () => {
  const { commits } = slow()
  commits.stop()
  commits.publish(MESSAGE)
  expect([commits.isChanged, commits.isBusy]).toEqual([true, true])
  await expect(commits.run(false)).rejects.toThrow('has left')
  expect(commits.isBusy).toBe(true)
})
