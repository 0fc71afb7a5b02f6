import { equal } from 'node:assert/strict'
import { connect, connectWithConnack, publish, refused, subscribe } from '../support/client'
import { in5, inBoth, type Case } from './case'

const KEEP_ALIVE_TIMEOUT = 0x8d

export const keepAliveCases: Case[] = [
  ...inBoth('a client that is silent for one and a half Keep Alives is closed', '3.1.2-24',
    '3.1.2-22 3.2.2-22 3.14.2-1',
    async (world, version) => {
      const peer = await connect(world, { version, keepalive: 10 })
      await world.advance(14_500)
      await peer.silence()
      await world.advance(2_500)
      await refused(peer, KEEP_ALIVE_TIMEOUT)
    }, { longTime: true }),
  ...inBoth('any packet keeps the connection', '3.1.2-24 3.12.4-1', '3.1.2-22 3.12.4-1', async (world, version) => {
    const peer = await connect(world, { version, keepalive: 10 })
    for (let round = 0; round < 3; round++) {
      await world.advance(13_000)
      await peer.send({ cmd: 'pingreq' })
      await peer.receive('pingresp')
      await world.advance(13_000)
      await publish(peer, 'a', 'p')
    }
    await peer.silence()
    await world.advance(17_000)
    await refused(peer, KEEP_ALIVE_TIMEOUT)
  }, { longTime: true }),
  ...inBoth('the bytes of a packet that is still coming keep the connection, until they stop', '3.1.2-24', '3.1.2-22',
    async (world, version) => {
      const listener = await connect(world, { version })
      await subscribe(listener, 'a')
      const slow = await connect(world, { version, keepalive: 10 })
      const bytes = slow.encode({ cmd: 'publish', topic: 'a', payload: 'long', qos: 0, dup: false, retain: false })
      for (const [from, to] of [[0, 1], [1, 4], [4, bytes.length]]) {
        await world.advance(10_000)
        await slow.send(bytes.subarray(from, to))
      }
      equal((await listener.receive('publish')).payload.toString(), 'long')
      await slow.send(bytes.subarray(0, 5))
      await world.advance(14_500)
      await slow.silence()
      await world.advance(2_500)
      await refused(slow, KEEP_ALIVE_TIMEOUT)
    }, { longTime: true }),
  ...inBoth('what the broker sends does not keep the connection', '3.1.2-24', '3.1.2-22', async (world, version) => {
    const quiet = await connect(world, { version, keepalive: 10 })
    await quiet.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] } as never)
    await quiet.receive('suback')
    const sender = await connect(world, { version })
    for (let second = 0; second < 17; second++) {
      await world.advance(1_000)
      await publish(sender, 'a', 'p')
    }
    const packets = await quiet.drain()
    equal(packets.filter(({ cmd }) => cmd === 'publish').length >= 13, true)
    await quiet.closed()
  }, { longTime: true }),
  ...inBoth('a Keep Alive of 0 never closes', '', '3.2.2-22', async (world, version) => {
    const peer = await connect(world, { version, keepalive: 0 })
    await world.advance(86_400_000)
    await peer.silence()
    await peer.send({ cmd: 'pingreq' })
    await peer.receive('pingresp')
  }, { longTime: true, applies: (board) => board.KEEP_ALIVE_MAX === 0 }),
  ...inBoth('the longest Keep Alive', '3.1.2-24', '3.2.2-22', async (world, version) => {
    const peer = await connect(world, { version, keepalive: 65_535 })
    await world.advance(98_300_000)
    await peer.silence()
    await world.advance(6_000)
    await refused(peer, KEEP_ALIVE_TIMEOUT)
  }, { longTime: true, applies: (board) => board.KEEP_ALIVE_MAX === 0 }),
  in5('without a limit of its own the broker uses the client\'s Keep Alive', '3.2.2-22', async (world) => {
    const { connack } = await connectWithConnack(world, { keepalive: 10 })
    equal((connack.properties as Record<string, unknown> | undefined)?.serverKeepAlive, undefined)
  }, { applies: (board) => board.KEEP_ALIVE_MAX === 0 }),
]
