// What may be on its way to a client of a board: test/broker/credit.test.ts on the bundle, with the express lane.
import { describe, expect, it } from 'vitest'
import { connect, publish, publishStart, subscribe } from '../support/client'
import { boardWorld } from '../support/board_world'

const SMALL = 16

describe('a board', () => {
  it.each([4, 5] as const)('sends a message above twice its credit, and goes on (version %i)', async (version) => {
    const world = await boardWorld('esp32')
    const peer = await connect(world, { version })
    await subscribe(peer, [{ topic: 'large', qos: 0 }, { topic: 'small', qos: 0 }])
    const other = await connect(world, { version })
    peer.pauseReading()
    await publishStart(peer, 'large', 'x'.repeat(6_000))
    for (let i = 0; i < 10; i++) await peer.send({ cmd: 'pingreq' })
    // The same topic again and again is the express lane's. What is held leaves room to packets that come: more of them
    // would be dropped.
    for (let i = 0; i < SMALL; i++) await publish(other, 'small', 'y'.repeat(60))
    await peer.resumeReading()
    const packets = await peer.drain()
    expect(packets.filter(({ cmd }) => cmd === 'pingresp')).toHaveLength(10)
    expect(packets.filter(({ topic }) => topic === 'large')).toHaveLength(1)
    expect(packets.filter(({ topic }) => topic === 'small')).toHaveLength(SMALL)
    expect(peer.isClosed).toBe(false)
    await world.close()
  })
})
