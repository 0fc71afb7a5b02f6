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
function slow (): { commits: Commits, engine: { awayMs: number }, take: () => void } {
  let take: (seq: number) => void = () => undefined
  const known = { awayMs: 0, entrySizeMax: 1_000_000, append: () => new Promise(resolve => { take = resolve }) }
  const engine = known as unknown as Engine
  const owner: CommitOwner = {
    node: 'n', position: 0, groups: { given: [], kept: () => undefined, made: async () => undefined },
    isCurrent: () => true, until: async () => undefined, tell: () => undefined,
  }
  const retained = { put: async () => undefined } as unknown as RetainedBucket
  const commits = new Commits(
    engine, new ClusterRecords(), {} as CoreSessions, new SessionKeys(engine), retained, new LogCounts(), owner)
  return { commits, engine: known, take: () => take(1) }
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

it('stays where it is when the gateway has left', async () => {
  const { commits } = slow()
  commits.stop()
  commits.publish(MESSAGE)
  expect([commits.isChanged, commits.isBusy]).toEqual([true, true])
  await expect(commits.run(false)).rejects.toThrow('has left')
  expect(commits.isBusy).toBe(true)
})
