// What is kept through a restart, case by case; power_cut.test.ts has the rest by chance.

import { describe, expect, it } from 'vitest'
import type { Packet } from 'mqtt-packet'
import { coreCreate } from '../support/core_instance'
import { MemoryRecords } from '../support/memory_records'
import { MemoryWorld, memoryWorld } from '../support/memory_world'
import type { Peer } from '../support/peer'

type BoardName = 'test' | 'host' | 'esp32'

/** A broker and the store that it has, through power cuts. */
class Home {
  world!: MemoryWorld
  /** A clock that goes on without power, milliseconds. */
  private wallMs = 0
  records = new MemoryRecords(() => this.wallMs + (this.world?.now ?? 0))

  constructor (readonly board: BoardName) {}

  async start (): Promise<this> {
    this.world = new MemoryWorld(this.board, await coreCreate(this.board), {}, 1, this.records)
    // Values at QoS 0 wait there: persist.test.ts.
    if (this.board === 'esp32') this.world.core.persistRuleAdd('#', 0)
    return this
  }

  /** Without power for so many seconds. */
  async powerCut (seconds = 0): Promise<void> {
    this.wallMs += this.world.now + seconds * 1_000
    this.world.now = 0
    this.records = this.records.after(this.records.changes)
    await this.start()
  }

  async connect (clientId: string, options: Record<string, unknown> = {}): Promise<Peer> {
    const { expiry = 1_000, clean = false, will } = options
    const peer = await this.world.open(5)
    await peer.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId, clean, keepalive: 0, will,
      properties: { sessionExpiryInterval: expiry },
    } as Packet)
    return peer
  }
}

const publish = (topic: string, options: Record<string, unknown> = {}): Packet =>
  ({ cmd: 'publish', topic, payload: 'on', qos: 0, retain: true, dup: false, ...options })

async function retainedAt (home: Home, topic: string): Promise<unknown[]> {
  const reader = await home.connect('reader', { clean: true, expiry: 0 })
  await reader.receive('connack')
  await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] })
  await reader.receive('suback')
  const packets = await reader.drain()
  await reader.send({ cmd: 'disconnect' })
  return packets.map(({ payload, properties }) => ({ payload: payload.toString(), ...properties }))
}

describe.each(['test', 'host', 'esp32'] as const)('what is kept, board %s', board => {
  /** Whether the port knows how long the power was away. */
  const hasClock = board === 'host'

  it('is nothing without a store', async () => {
    const world = await memoryWorld(board)
    const peer = await world.open(5)
    await peer.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'a', clean: false })
    expect((await peer.receive('connack')).reasonCode).toBe(0)
  })

  it('is a retained message, as long as its Message Expiry Interval has it', async () => {
    const home = await new Home(board).start()
    const peer = await home.connect('a')
    await peer.send(publish('lasting'))
    await peer.send(publish('short', { properties: { messageExpiryInterval: 100 } }))
    await home.powerCut(30)
    expect(await retainedAt(home, 'lasting')).toEqual([{ payload: 'on' }])
    expect(await retainedAt(home, 'short')).toEqual([{ payload: 'on', messageExpiryInterval: hasClock ? 70 : 100 }])
    await home.powerCut(100)
    await home.world.advance(1_000)
    expect(await retainedAt(home, 'short')).toHaveLength(hasClock ? 0 : 1)
    expect(await retainedAt(home, 'lasting')).toHaveLength(1)
  })

  it('is no retained message that had expired before the power went', async () => {
    const home = await new Home(board).start()
    const peer = await home.connect('a')
    await peer.send(publish('lasting'))
    await peer.send(publish('short', { properties: { messageExpiryInterval: 10 } }))
    for (let s = 0; s < home.world.board.RETAINED_MAX + 20 && s < 400; s++) await home.world.advance(1_000)
    await home.powerCut()
    await home.world.advance(1_000)
    expect(await retainedAt(home, 'short')).toEqual([])
    expect(await retainedAt(home, 'lasting')).toEqual([{ payload: 'on' }])
  })

  it('is no retained message that was deleted, and the last of several', async () => {
    const home = await new Home(board).start()
    const peer = await home.connect('a')
    for (const payload of ['1', '2', '3', '']) await peer.send(publish('gone', { payload }))
    for (const payload of ['1', '2', '3']) await peer.send(publish('there', { payload }))
    await home.powerCut()
    expect(await retainedAt(home, 'gone')).toEqual([])
    expect(await retainedAt(home, 'there')).toEqual([{ payload: '3' }])
    expect(home.records.count).toBe(2)
  })

  it('is a session for the rest of its Session Expiry Interval, from when its client left', async () => {
    const home = await new Home(board).start()
    const away = await home.connect('away', { expiry: 100 })
    await away.send({ cmd: 'disconnect' })
    await home.connect('here', { expiry: 100 })
    await home.world.advance(50_000)
    await home.powerCut(60)
    const [first, second] = [await home.connect('away'), await home.connect('here')]
    expect((await first.receive('connack')).sessionPresent).toBe(!hasClock)
    // It was there until the power went.
    expect((await second.receive('connack')).sessionPresent).toBe(true)
  })

  it('is no session that ends with its connection, nor what it owned', async () => {
    const home = await new Home(board).start()
    const peer = await home.connect('a', { expiry: 0 })
    await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 2 }] })
    await peer.send(publish('x', { qos: 2, messageId: 5, retain: false }))
    expect(home.records.count).toBe(0)
    await home.powerCut()
    expect((await (await home.connect('a')).receive('connack')).sessionPresent).toBe(false)
  })

  it('is a Will whose delay is not over, and one that is comes at once', async () => {
    const home = await new Home(board).start()
    const will = (topic: string): unknown =>
      ({ topic, payload: 'lost', qos: 1, retain: true, properties: { willDelayInterval: 40 } })
    for (const name of ['a', 'b']) await (await home.connect(name, { will: will(`will/${name}`) })).drop()
    await home.world.advance(10_000)
    await home.powerCut(hasClock ? 10 : 0)
    const back = await home.connect('b')
    expect((await back.receive('connack')).sessionPresent).toBe(true)
    await home.world.advance(hasClock ? 18_000 : 38_000)
    expect(await retainedAt(home, 'will/a')).toEqual([])
    await home.world.advance(3_000)
    expect(await retainedAt(home, 'will/a')).toEqual([{ payload: 'lost' }])
    expect(await retainedAt(home, 'will/b')).toEqual([])
    await home.powerCut()
    await home.world.advance(60_000)
    expect(await retainedAt(home, 'will/+')).toEqual([{ payload: 'lost' }])
  })

  it('is a QoS 2 exchange, which is no part of the Receive Maximum of the next connection', async () => {
    const home = await new Home(board).start()
    const before = await home.connect('a')
    const { receiveMaximum = 65_535 } = (await before.receive('connack')).properties ?? {}
    const exchanges = Math.min(receiveMaximum, 20)
    const open = async (peer: Peer, messageId: number): Promise<unknown> => {
      await peer.send(publish('twice', { qos: 2, retain: false, messageId }))
      const { cmd, reasonCode } = await peer.receive()
      return { cmd, isClosed: peer.isClosed, isFull: reasonCode === 0x97 }
    }
    for (let id = 1; id <= exchanges; id++) await open(before, id)
    await home.powerCut()
    const peer = await home.connect('a')
    await peer.receive('connack')
    const isFull = home.world.board.QUEUE_MAX <= exchanges && !home.world.board.TABLES_GROW
    expect(await open(peer, exchanges + 1)).toEqual({ cmd: 'pubrec', isClosed: false, isFull })
    // What comes again of those before is not new. [MQTT-4.3.3-10]
    await peer.send(publish('twice', { qos: 2, retain: false, messageId: 1, dup: true }))
    expect(await peer.receive()).toMatchObject({ cmd: 'pubrec', messageId: 1 })
  })

  it('grows by nothing, whatever comes and goes', async () => {
    const home = await new Home(board).start()
    for (let round = 0; round < 50; round++) {
      const peer = await home.connect('a')
      await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'q/#', qos: 2 }] })
      for (const qos of [0, 1, 2]) await peer.send(publish('q/x', { qos, messageId: 2, retain: qos === 1 }))
      await peer.send({ cmd: 'pubrel', messageId: 2, reasonCode: 0 })
      await peer.send({ cmd: 'disconnect', properties: { sessionExpiryInterval: 0 } })
    }
    expect(home.records.all().map(({ kind }) => kind)).toEqual([4])
  })

  it('refuses what it cannot keep, and goes on when it can', async () => {
    const home = await new Home(board).start()
    const peer = await home.connect('a')
    await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 2 }] })
    await peer.drain()
    home.records.room = 0
    const changes = home.records.changes
    for (const qos of [1, 2]) {
      await peer.send(publish('x', { qos, messageId: qos }))
      expect(await peer.receive()).toMatchObject({ cmd: qos === 1 ? 'puback' : 'pubrec', reasonCode: 0x97 })
    }
    await peer.send({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'y', qos: 2 }] })
    expect((await peer.receive('suback')).granted).toEqual([0x97])
    expect((await (await home.connect('other')).receive('connack')).reasonCode).toBe(0x97)
    expect(home.records.changes).toBe(changes)
    // Who has a session comes back to it, and makes room.
    await peer.drop()
    const again = await home.connect('a')
    expect(await again.receive('connack')).toMatchObject({ reasonCode: 0, sessionPresent: true })
    home.records.room = Infinity
    await again.send(publish('x', { qos: 1, messageId: 9 }))
    expect(await again.take('puback')).toMatchObject({ messageId: 9, reasonCode: 0 })
  })
})
