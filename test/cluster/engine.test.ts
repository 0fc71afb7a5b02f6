// The connection to the engine: what it does when the engine takes nothing.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Engine } from '../../src/port/node/cluster/engine'
import type { EngineModules } from '../../src/port/node/cluster/engine_modules'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }) })
afterEach(() => { vi.useRealTimers() })

/** An engine whose server takes nothing for a bucket as long as it leads it. */
function stuck (): { engine: Engine, asked: string[] } {
  const asked: string[] = []
  const connection = {
    info: {}, closed: () => new Promise(() => undefined), close: async () => undefined,
    request: async (subject: string) => {
      asked.push(subject)
      return { string: () => '' }
    },
  }
  const bucket = {
    put: async () => {
      if (!asked.length) throw new Error('timeout')
      return 7
    },
  }
  const modules = {
    connect: async () => connection, jetstream: () => ({}),
    jetstreamManager: async () => ({ streams: { info: async () => ({}) } }),
    Kvm: class { create = async () => bucket },
  } as unknown as EngineModules
  return { engine: new Engine(modules, { servers: ['nats://a:4222'], name: 'midge' }), asked }
}

it('has another server lead a stream whose leader takes nothing for more than ten seconds', async () => {
  const { engine, asked } = stuck()
  await engine.open()
  const written = engine.write('retained', 'k', new Uint8Array(1), 0)
  await vi.advanceTimersByTimeAsync(9_000)
  expect([asked, engine.isReady]).toEqual([[], false])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await written).toBe(7)
  expect(asked).toEqual(['$JS.API.STREAM.LEADER.STEPDOWN.KV_midge_retained'])
  expect(engine.isReady).toBe(true)
})
