// Which session makes room for a newcomer's where all rows are taken.
import { describe, expect, it } from 'vitest'
import { connackCode, connect, connectStart, connectWithConnack, leave, publish } from '../support/client'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'

const QUOTA_EXCEEDED = 0x97

/** Whether a session stands, by its Session Present. */
async function stands(world: MemoryWorld, clientId: string): Promise<boolean> {
  const { peer, connack } = await connectWithConnack(world, { version: 4, clientId, clean: false, username: 'u' })
  await peer.drop()
  return connack.sessionPresent
}

describe('sessions make room', () => {
  it('first the one whose time is over', async () => {
    const world = await memoryWorld('test')
    const { SESSIONS_MAX } = world.board
    await leave(world, 'first', 'a')
    const short = await connect(world, { clientId: 'short', properties: { sessionExpiryInterval: 1 } })
    await short.drop()
    for (let i = 2; i < SESSIONS_MAX; i++) await leave(world, `away${i}`, 'a')
    // Nothing looks before somebody needs the place.
    world.now += 1_500
    await connect(world, { clientId: 'new' })
    expect(world.sessionsEnded()).toEqual(['short'])
  })

  it('then, of those with nothing queued, the one that is away longest', async () => {
    const world = await memoryWorld('test')
    const { SESSIONS_MAX } = world.board
    await leave(world, 'queued', 'other')
    for (let i = 1; i < SESSIONS_MAX; i++) {
      await world.advance(1_000)
      await leave(world, `away${i}`, 'a')
    }
    const back = await connect(world, { version: 4, clientId: 'away1', clean: false })
    await publish(back, 'other', 'p', { qos: 1 })
    await world.advance(1_000)
    await back.drop()
    await connect(world, { clientId: 'new' })
    await connect(world, { clientId: 'new2' })
    expect(world.sessionsEnded()).toEqual(['away2', 'away3'])
    expect(await stands(world, 'queued')).toBe(true)
  })

  it('then, of clients without a user, the one that is away longest, whatever is queued', async () => {
    const world = await memoryWorld('test')
    await leave(world, 'user', 'a', 'u')
    for (let i = 1; i < world.board.SESSIONS_MAX; i++) {
      await world.advance(1_000)
      await leave(world, `away${i}`, 'a')
    }
    const publisher = await connect(world, { version: 4, clientId: 'away7', clean: false })
    await publish(publisher, 'a', 'p', { qos: 1 })
    await connect(world, { clientId: 'new' })
    expect(world.sessionsEnded()).toEqual(['away1'])
    await connect(world, { clientId: 'new2', username: 'u' })
    expect(world.sessionsEnded()).toEqual(['away1', 'away2'])
    expect(await stands(world, 'user')).toBe(true)
  })

  it('those of users never for clients without one', async () => {
    const world = await memoryWorld('test')
    const { SESSIONS_MAX } = world.board
    for (let i = 1; i < SESSIONS_MAX; i++) await leave(world, `user${i}`, 'a', 'u')
    const stranger = await connect(world, { clientId: 'stranger' })
    const extra = await connectStart(world, { clientId: 'stranger2' })
    expect(connackCode(await extra.receive('connack'))).toBe(QUOTA_EXCEEDED)
    await connect(world, { clientId: 'own', username: 'u' })
    expect(world.sessionsEnded()).toEqual(['user1'])
    await stranger.drop()
  })
})
