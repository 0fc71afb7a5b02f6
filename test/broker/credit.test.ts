// What may be on its way to one client: what it is sent, and what it has asked for. Only answers that it does not read
// end a connection.
import { describe, expect, it } from 'vitest'
import { connect, publish, publishStart, subscribe } from '../support/client'
import { memoryWorld } from '../support/memory_world'
import type { AnyPacket, Peer } from '../support/peer'
import type { World } from '../support/world'

const BOARDS = ['test', 'host'] as const
/** Answers of two bytes by the million take a second. */
const SMALL_BOARDS = ['test'] as const
const QUOTA_EXCEEDED = 0x97

/** Bytes of packets that a client was sent, without the answers to what it asked. */
const bytesOf = (packets: AnyPacket[]): number => packets.filter(({ cmd }) => cmd === 'publish')
  .reduce((sum, { bytes }) => sum + bytes.length, 0)

/** A client of both subscriptions that reads until it is told not to. */
async function subscriber(world: World): Promise<Peer> {
  const peer = await connect(world)
  await subscribe(peer, [{ topic: 'large', qos: 0 }, { topic: 'small', qos: 0 }])
  return peer
}

/** Asks for answers of two bytes each. */
async function ping(peer: Peer, count: number): Promise<void> {
  await peer.send(Uint8Array.from({ length: count * 2 }, (_, i) => i % 2 ? 0 : 0xc0))
}

describe.each(BOARDS)('the credit of a client: %s', (name) => {
  it('answers and small messages pass behind a large message, to its own subscription too', async () => {
    const world = await memoryWorld(name)
    const { TX_CREDIT_SIZE } = world.board
    const peer = await subscriber(world)
    peer.pauseReading()
    await publishStart(peer, 'large', new Uint8Array(TX_CREDIT_SIZE * 3))
    await ping(peer, 20)
    const other = await connect(world)
    for (let i = 0; i < 10; i++) await publish(other, 'small', `${i}`)
    await peer.resumeReading()
    const packets = await peer.drain()
    expect(peer.isClosed).toBe(false)
    expect(packets.filter(({ cmd }) => cmd === 'pingresp')).toHaveLength(20)
    expect(packets.filter(({ topic }) => topic === 'large')).toHaveLength(1)
    expect(packets.filter(({ topic }) => topic === 'small').map(({ payload }) => payload.toString()))
      .toEqual(Array.from({ length: 10 }, (_, i) => `${i}`))
  })

  it('a large message passes behind small ones', async () => {
    const world = await memoryWorld(name)
    const peer = await subscriber(world)
    const other = await connect(world)
    peer.pauseReading()
    await publish(other, 'small', 'x')
    await publish(other, 'large', new Uint8Array(world.board.TX_CREDIT_SIZE * 2))
    await publish(other, 'small', 'y')
    await peer.resumeReading()
    expect((await peer.drain()).map(({ topic }) => topic)).toEqual(['small', 'large', 'small'])
  })

  it('a shared subscription asks its members for the room that the message needs', async () => {
    const world = await memoryWorld(name)
    const members = [await connect(world), await connect(world)]
    for (const member of members) await subscribe(member, ['$share/g/large', 'before'])
    const other = await connect(world)
    const large = new Uint8Array(world.board.TX_CREDIT_SIZE * 3)
    // One has as much on its way as it may have.
    members[0].pauseReading()
    await subscribe(members[1], { topic: 'before', nl: true })
    for (let i = 0; i < 4; i++) await publish(members[1], 'before', large)
    for (let i = 0; i < 3; i++) await publish(other, 'large', large)
    expect((await members[1].drain()).filter(({ topic }) => topic === 'large')).toHaveLength(3)
  })

  it('a client that does not read is sent no more than the credit and what is larger than that', async () => {
    const world = await memoryWorld(name)
    const { TX_CREDIT_SIZE, PACKET_SIZE_MAX, TABLES_GROW } = world.board
    const peer = await subscriber(world)
    const other = await connect(world)
    const large = new Uint8Array(TABLES_GROW ? PACKET_SIZE_MAX - 100 : TX_CREDIT_SIZE * 4)
    peer.pauseReading()
    for (let round = 0; round < 4; round++) {
      await publish(other, 'large', large)
      for (let i = 0; i < 40; i++) await publish(other, 'small', new Uint8Array(TX_CREDIT_SIZE / 16))
    }
    await peer.resumeReading()
    const sent = bytesOf(await peer.drain())
    const larger = TABLES_GROW ? 2 * PACKET_SIZE_MAX : large.length + 100
    expect(sent).toBeLessThanOrEqual(TX_CREDIT_SIZE + larger)
    expect(sent).toBeGreaterThan(larger)
    // It reads: everything is as it was.
    await publish(other, 'small', 'again')
    expect((await peer.receive('publish')).payload.toString()).toBe('again')
  })
})

describe.each(SMALL_BOARDS)('answers that are not read: %s', (name) => {
  it('a client that asks and does not read is closed, a large message on its way or not', async () => {
    const world = await memoryWorld(name)
    const { TX_CREDIT_SIZE } = world.board
    for (const size of [0, TX_CREDIT_SIZE * 3]) {
      const peer = await subscriber(world)
      peer.pauseReading()
      if (size > 0) await publishStart(peer, 'large', new Uint8Array(size))
      await ping(peer, TX_CREDIT_SIZE)
      expect(peer.isClosed).toBe(false)
      await ping(peer, 1)
      await peer.resumeReading()
      expect((await peer.drain()).at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: QUOTA_EXCEEDED })
      await peer.closed()
    }
  })

  it('SUBACK is an answer too', async () => {
    const world = await memoryWorld(name)
    const peer = await connect(world)
    const topics = Array.from({ length: 20 }, (_, i) => ({ topic: `${i}`, qos: 0 as const }))
    peer.pauseReading()
    for (let bytes = 0; bytes <= world.board.TX_CREDIT_SIZE * 2; bytes += 25) {
      await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: topics } as never)
    }
    await peer.resumeReading()
    expect((await peer.drain()).at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: QUOTA_EXCEEDED })
  })

  it('what was read counts no more: a client that always has a backlog is not closed', async () => {
    const world = await memoryWorld(name)
    const { TX_CREDIT_SIZE } = world.board
    const peer = await subscriber(world)
    for (let round = 0; round < 5; round++) {
      peer.pauseReading()
      await publishStart(peer, 'large', new Uint8Array(TX_CREDIT_SIZE * 3))
      await ping(peer, TX_CREDIT_SIZE / 2)
      await peer.resumeReading()
    }
    expect((await peer.drain()).filter(({ cmd }) => cmd === 'pingresp')).toHaveLength(TX_CREDIT_SIZE / 2 * 5)
    expect(peer.isClosed).toBe(false)
  })
})
