// What topics retain in the engine: the message that came last in the log, whoever writes it and when.
import { expect, it } from 'vitest'
import type { Engine } from '../../src/port/node/cluster/engine'
import { Overtaken, type Stored } from '../../src/port/node/cluster/engine_terms'
import { RetainedBucket } from '../../src/port/node/cluster/retained_bucket'

/** A bucket of the engine's. */
function engine (): Engine {
  const keys = new Map<string, Stored>()
  const found: Pick<Engine, 'read' | 'write' | 'all'> = {
    read: async (_bucket, key) => keys.get(key) ?? null,
    all: async () => keys,
    write: async (_bucket, key, bytes, revision) => {
      const before = keys.get(key)?.revision ?? 0
      if (before !== revision) throw new Overtaken('it was written')
      keys.set(key, { bytes, revision: before + 1 })
      return before + 1
    },
  }
  return found as Engine
}

const put = (bucket: RetainedBucket, seq: number, payload: string): Promise<void> => bucket.put([{
  clientIdentifier: '', packetIdentifier: 0, flags: 1, topicSize: 1, propertiesSize: 0,
  bytes: Buffer.from(`t${payload}`), expiry: 0,
}], seq)

const kept = async (bucket: RetainedBucket): Promise<string[]> => (await bucket.all())
  .map(({ seq, message }) => `${seq} ${Buffer.from(message.bytes).toString()}`)

it('keeps the newest of what two gateways write, in whichever order', async () => {
  const shared = engine()
  const [one, two] = [new RetainedBucket(shared), new RetainedBucket(shared)]
  await put(one, 5, 'a')
  await put(two, 7, 'b')
  await put(one, 6, 'late')
  expect(await kept(one)).toEqual(['7 tb'])
  await put(one, 8, 'c')
  expect(await kept(two)).toEqual(['8 tc'])
})

it('keeps what a gateway wrote itself when it mends what one that is over did not write', async () => {
  const bucket = new RetainedBucket(engine())
  await put(bucket, 7, 'own')
  await put(bucket, 6, 'of one that is over')
  expect(await kept(bucket)).toEqual(['7 town'])
  await put(bucket, 8, 'own')
  expect(await kept(bucket)).toEqual(['8 town'])
})
