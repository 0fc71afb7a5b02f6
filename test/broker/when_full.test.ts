// When it is full: each row of the table of docs/devices.md, what the client sees and what is counted.
import { describe, expect, it } from 'vitest'
import { field, packet, TYPE, uint16 } from '../support/bytes'
import {
  connackCode, connect, connectStart, leave, publish, publishStart, receivePublish, refused, subscribe, unsubscribe,
} from '../support/client'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import type { Version } from '../support/peer'

const VERSIONS: Version[] = [4, 5]
const QUOTA_EXCEEDED = 0x97

/** The counters under $SYS/broker/full that are not 0. */
async function counted(world: MemoryWorld): Promise<Record<string, number>> {
  const watcher = await connect(world, { version: 4, clientId: 'watcher' })
  await subscribe(watcher, '$SYS/broker/full/+')
  const packets = await watcher.drain()
  const values = packets.map(({ topic, payload }) => [topic.split('/').at(-1)!, Number(payload)] as const)
  return Object.fromEntries(values.filter(([, value]) => value > 0))
}

describe('when it is full', () => {
  it.each(VERSIONS)('connections (version %i)', async (version) => {
    const world = await memoryWorld('test')
    const peers = await Promise.all(Array.from({ length: world.board.CONNECTIONS_MAX }, () => connect(world)))
    const extra = await connectStart(world, { version })
    expect(connackCode(await extra.receive('connack'))).toBe(version === 5 ? QUOTA_EXCEEDED : 3)
    await extra.closed()
    await peers[0].drop()
    expect(await counted(world)).toEqual({ connections: 1 })
  })

  it.each(VERSIONS)('connections, of which the client\'s own former one is one (version %i)', async (version) => {
    const world = await memoryWorld('test')
    const clients = Array.from({ length: world.board.CONNECTIONS_MAX }, (_, index) => `c${index}`)
    const [halfOpen] = await Promise.all(clients.map((clientId) => connect(world, { version, clientId })))
    await connect(world, { version, clientId: 'c0' })
    if (version === 5) expect((await halfOpen.receive('disconnect')).reasonCode).toBe(0x8e)
    await halfOpen.closed()
  })

  it.each(VERSIONS)('sessions, all of users with something queued (version %i)', async (version) => {
    const world = await memoryWorld('test')
    // One is left for who reads the counters.
    for (let i = 1; i < world.board.SESSIONS_MAX; i++) await leave(world, `away${i}`, 'a', 'somebody')
    const last = await connect(world, { clientId: 'last' })
    await publish(last, 'a', 'queued', { qos: 1 })
    for (const username of [undefined, 'other']) {
      const extra = await connectStart(world, { version, ...(username ? { username } : {}) })
      expect(connackCode(await extra.receive('connack'))).toBe(version === 5 ? QUOTA_EXCEEDED : 3)
    }
    await last.drop()
    expect(await counted(world)).toEqual({ sessions: 2 })
  })

  it.each(['test', 'host'] as const)('arrangements of + in the filters of one client: nobody else notices (%s)',
    async (name) => {
      const world = await memoryWorld(name)
      const greedy = await connect(world, { clientId: 'greedy' })
      // Each has a shape of its own; the last has no wildcard.
      const filters = Array.from({ length: 1_200 }, (_, i) =>
        Array.from({ length: 12 }, (_, level) => i + 1 >> level & 1 ? '+' : 'a').join('/'))
      const granted = []
      for (let i = 0; i < filters.length; i += 5) granted.push(...await subscribe(greedy, filters.slice(i, i + 5)))
      const { FILTER_SHAPES_CLIENT_MAX, FILTERS_WALKED_CLIENT_MAX } = world.board
      const most = FILTER_SHAPES_CLIENT_MAX + FILTERS_WALKED_CLIENT_MAX
      expect(granted.map((code) => code === 0)).toEqual(filters.map((_, i) => i < most))
      expect(granted[most]).toBe(QUOTA_EXCEEDED)
      // A filter without wildcards needs no room there, nor does one of an arrangement that stands.
      expect(await subscribe(greedy, ['an/exact/one', filters[0].replaceAll('a', 'b')])).toEqual([0, 0])
      const other = await connect(world)
      const own = ['exact', 'x/+/y', '#', '+/z/#']
      expect(await subscribe(other, own)).toEqual(own.map(() => 0))
      const publisher = await connect(world)
      for (const topic of ['exact', 'x/1/y', '1/z/2']) {
        await publish(publisher, topic, 'p')
        expect((await receivePublish(other)).topic).toBe(topic)
      }
      // What was granted is served, shape or not, once for all of them.
      await publish(publisher, Array.from({ length: 12 }, () => 'a').join('/'), 'all')
      expect((await receivePublish(greedy)).payload.toString()).toBe('all')
      await greedy.silence()
      expect(await unsubscribe(greedy, filters[most - 1], filters[most])).toEqual([0, 0x11])
      expect(await subscribe(greedy, filters[most])).toEqual([0])
      // Its end gives everything back.
      await greedy.drop()
      const next = await connect(world, { clientId: 'greedy' })
      expect((await subscribe(next, filters.slice(0, 7))).every((code) => code === 0)).toBe(true)
    })

  it('a filter that is walked is one filter, whoever comes to have a shape for it', async () => {
    const world = await memoryWorld('test')
    const greedy = await connect(world)
    const shapes = ['+/a', '+/a/a', '+/a/a/a', '+/a/a/a/a', 'w/+']
    expect(await subscribe(greedy, shapes)).toEqual(shapes.map(() => 0))
    const other = await connect(world)
    expect(await subscribe(other, [{ topic: 'v/+', qos: 1 }, 'w/+', '$share/g/w/+'])).toEqual([1, 0, 0])
    await publish(await connect(world), 'w/1', 'once')
    expect((await receivePublish(greedy)).payload.toString()).toBe('once')
    expect((await other.drain()).map(({ topic }) => topic)).toEqual(['w/1', 'w/1'])
    expect(await unsubscribe(greedy, 'w/+')).toEqual([0])
    await publish(await connect(world), 'w/2', 'still')
    expect((await other.drain()).map(({ topic }) => topic)).toEqual(['w/2', 'w/2'])
    expect(await unsubscribe(other, 'w/+', '$share/g/w/+', 'v/+')).toEqual([0, 0, 0])
  })

  it.each(VERSIONS)('the queue of the only subscriber (version %i)', async (version) => {
    const world = await memoryWorld('test')
    await leave(world, 'away', 'a')
    const publisher = await connect(world, { version })
    for (let i = 0; i < world.board.QUEUE_MAX; i++) expect(await publish(publisher, 'a', `${i}`, { qos: 1 })).toBe(0)
    expect(await publish(publisher, 'a', 'more', { qos: 1 })).toBe(version === 5 ? QUOTA_EXCEEDED : 0)
    expect(await counted(world)).toEqual({ queue: 1 })
    const back = await connect(world, { version: 4, clientId: 'away', clean: false })
    for (let i = 0; i < world.board.QUEUE_MAX; i++) expect((await receivePublish(back)).payload.toString()).toBe(`${i}`)
    await back.silence()
  })

  it('the queue of one subscriber, while another has room', async () => {
    const world = await memoryWorld('test')
    await leave(world, 'away', 'a')
    const here = await connect(world, { version: 4 })
    await subscribe(here, { topic: 'a', qos: 1 })
    const publisher = await connect(world)
    for (let i = 0; i <= world.board.QUEUE_MAX; i++) {
      expect(await publish(publisher, 'a', `${i}`, { qos: 1 })).toBe(0)
      expect((await receivePublish(here)).payload.toString()).toBe(`${i}`)
    }
    expect(await counted(world)).toEqual({ queue: 1 })
  })

  it.each([100, 800])('room for messages of %i bytes: a 5.0 publisher is told', async (size) => {
    const world = await memoryWorld('test')
    for (const name of ['a', 'b', 'c']) await leave(world, name, `${name}/#`)
    const publisher = await connect(world)
    const codes = []
    for (let i = 0; i < 24; i++) codes.push(await publish(publisher, `${'abc'[i % 3]}/x`, 'x'.repeat(size), { qos: 1 }))
    const firstRefused = codes.indexOf(QUOTA_EXCEEDED)
    expect(firstRefused).toBeGreaterThan(0)
    expect(codes.slice(0, firstRefused).every((code) => code === 0)).toBe(true)
    // Who waits at the door can still come in and subscribe.
    await subscribe(await connect(world), { topic: 'new', qos: 1 })
    expect((await counted(world)).messages).toBe(codes.filter((code) => code === QUOTA_EXCEEDED).length)
  })

  it('retained messages: 5.0 is told, 3.1.1 waits and is closed, QoS 0 is delivered', async () => {
    const world = await memoryWorld('test')
    const publisher = await connect(world)
    for (let i = 0; i < world.board.RETAINED_MAX; i++) await publish(publisher, `r/${i}`, 'x', { qos: 1, retain: true })
    expect(await publish(publisher, 'r/more', 'x', { qos: 1, retain: true })).toBe(QUOTA_EXCEEDED)
    const watcher = await connect(world)
    await subscribe(watcher, 'q')
    await publish(publisher, 'q', 'delivered', { retain: true })
    expect((await receivePublish(watcher)).payload.toString()).toBe('delivered')
    const old = await connect(world, { version: 4 })
    await publishStart(old, 'r/more', 'x', { qos: 1, retain: true })
    await world.advance(29_000)
    await old.silence()
    await world.advance(3_000)
    await old.closed()
    expect(await counted(world)).toEqual({ retained: 3 })
  })

  it('a packet over the limit', async () => {
    const world = await memoryWorld('test')
    for (const version of VERSIONS) {
      const peer = await connect(world, { version })
      await publishStart(peer, 'a', new Uint8Array(world.board.PACKET_SIZE_MAX))
      await refused(peer, 0x95)
    }
    expect(await counted(world)).toEqual({ packet: 2 })
  })

  it('a client that does not read: QoS 0 is dropped, QoS 1 waits, and its own answers end it', async () => {
    const world = await memoryWorld('test')
    const slow = await connect(world)
    await subscribe(slow, [{ topic: 'q0', qos: 0 }, { topic: 'q1', qos: 1 }])
    slow.pauseReading()
    const publisher = await connect(world)
    for (let i = 0; i < 20; i++) await publish(publisher, 'q0', 'x'.repeat(50))
    for (let i = 0; i < 4; i++) expect(await publish(publisher, 'q1', `${i}`, { qos: 1 })).toBe(0)
    const { transmit } = await counted(world)
    expect(transmit).toBeGreaterThan(10)
    await slow.resumeReading()
    const got = (await slow.drain()).filter(({ qos }) => qos === 1).map(({ payload }) => payload.toString())
    expect(got).toEqual(['0', '1', '2', '3'])
    slow.pauseReading()
    for (let i = 0; i < world.board.TX_CREDIT_SIZE + 1; i++) await slow.send({ cmd: 'pingreq' })
    await slow.resumeReading()
    expect((await slow.drain()).at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: QUOTA_EXCEEDED })
    await slow.closed()
  })

  it.each(VERSIONS)('QoS 2 that comes again, larger than the ring: taken once, never refused (version %i)',
    async (version) => {
      const world = await memoryWorld('test')
      const sender = await connect(world, { version })
      const large = (flags: number, topic: string, identifier = 9): number[] => packet(
        TYPE.publish, flags, field(topic), flags & 4 ? uint16(identifier) : [], version === 5 ? [0] : [],
        Array<number>(400).fill(0x61),
      )
      await sender.send(large(4, 'a'))
      await sender.receive('pubrec')
      for (let row = 0; row < 8; row++) await sender.send(large(1, `${row}`))
      await sender.send(large(12, 'a'))
      expect(await sender.receive('pubrec')).toMatchObject({ messageId: 9, ...version === 5 ? { reasonCode: 0 } : {} })
      // What was not taken is refused, whatever it says of itself.
      await sender.send(large(12, 'a', 10))
      if (version === 5) expect((await sender.receive('pubrec')).reasonCode).toBe(QUOTA_EXCEEDED)
      else await sender.closed()
    })
})
