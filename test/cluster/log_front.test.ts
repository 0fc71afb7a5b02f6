// The front of the log is let go, on a real engine: what is behind it stays whose it was.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { NatsServers, natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { Engine } from '../../src/port/node/cluster/engine'
import { engineModules } from '../../src/port/node/cluster/engine_modules'
import { GroupConsumer } from '../../src/port/node/cluster/group_consumer'
import { noticeEncode } from '../../src/port/node/cluster/log_entry'
import { frontLetGo } from '../../src/port/node/cluster/log_front'
import { PATIENCE } from './user'

const ENTRIES = 200
const servers = new NatsServers()

describe.skipIf(natsMissing)(`the front of the log ${natsMissing}`, () => {
  let engine: Engine
  beforeAll(async () => {
    await servers.start(1)
    engine = new Engine(await engineModules(), { servers: servers.urls, name: 'front' })
    await engine.open()
  })
  afterAll(async () => {
    await engine.stop()
    await servers.stop()
  })

  const pending = async (consumer: GroupConsumer): Promise<number> =>
    (await engine.manager!.consumers.info(engine.log, consumer.name)).num_ack_pending

  it('is gone, once and again, and a group keeps what it was given behind it', async () => {
    for (let i = 0; i < ENTRIES; i++) {
      await engine.append(noticeEncode({ kind: 'hello', node: 'n1' }), `n1.${i}`, () => true)
    }
    const consumer = new GroupConsumer(engine, '$share/g/x')
    await consumer.make(0)
    const replies: string[] = []
    engine.connection!.subscribe('given.*', { callback: (_error, { reply }) => { if (reply) replies.push(reply) } })
    consumer.ask(ENTRIES, 60_000, 'given.1')
    await vi.waitFor(() => expect(replies).toHaveLength(ENTRIES), PATIENCE)
    for (const reply of replies.slice(0, -1)) consumer.answer(reply, '+ACK')
    await vi.waitFor(async () => expect(await pending(consumer)).toBe(1), PATIENCE)
    await frontLetGo(engine, ENTRIES - 10)
    expect(await engine.range()).toEqual({ first: ENTRIES - 10, last: ENTRIES })
    expect(await pending(consumer)).toBe(1)
    await frontLetGo(engine, ENTRIES - 10)
    await frontLetGo(engine, ENTRIES)
    expect(await engine.range()).toEqual({ first: ENTRIES, last: ENTRIES })
    expect(await pending(consumer)).toBe(1)
  })
})
