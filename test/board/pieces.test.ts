// A board has one receive ring: what is left of a packet waits in the pool once another client has sent something.
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect, disconnect, publish, receivePublish, refused, subscribe } from '../support/client'
import { field, packet, TYPE } from '../support/bytes'

const publishPacket = (topic: string, payload: string): number[] =>
  packet(TYPE.publish, 0, field(topic), [...payload].map((letter) => letter.charCodeAt(0)))

describe('packets that come in pieces', () => {
  test('of eight clients at a time arrive whole', async () => {
    const board = await boardWorld('esp32')
    const reader = await connect(board, { version: 4 })
    await subscribe(reader, [{ topic: 'piece/+', qos: 0 }])
    const senders = await Promise.all(Array.from({ length: 8 }, () => connect(board, { version: 4 })))
    const packets = senders.map((_, index) => publishPacket(`piece/${index}`, `${index}`.repeat(10 + index * 30)))
    for (let from = 0; packets.some((bytes) => from < bytes.length); from += 33) {
      for (const [index, sender] of senders.entries()) await sender.send(packets[index].slice(from, from + 33))
    }
    const payloads = new Map<string, string>()
    while (payloads.size < senders.length) {
      const { topic, payload } = await receivePublish(reader)
      payloads.set(topic, payload.toString())
    }
    deepEqual([...payloads].sort(), senders.map((_, index) =>
      [`piece/${index}`, `${index}`.repeat(10 + index * 30)]))
  })

  test('give their room back when their connection ends', async () => {
    const board = await boardWorld('esp32')
    for (let round = 0; round < 60; round++) {
      const sender = await connect(board, { version: 4 })
      await sender.send(publishPacket('piece/1', 'x'.repeat(360)).slice(0, 350))
      await sender.drop()
    }
    const reader = await connect(board, { version: 4 })
    await subscribe(reader, [{ topic: 'whole', qos: 1 }])
    const sender = await connect(board, { version: 4 })
    await publish(sender, 'whole', 'x'.repeat(300), { qos: 1 })
    equal((await receivePublish(reader)).payload.length, 300)
  })

  test('end their connection where the pool has no room for them', async () => {
    const board = await boardWorld('esp32-without-store')
    const away = await connect(board, { version: 4, clientId: 'away', clean: false })
    await subscribe(away, [{ topic: 'full/#', qos: 1 }])
    await disconnect(away)
    const sender = await connect(board, { version: 5 })
    // Blocks of 16 bytes, 592 of them; 64 stay for those who connect, and 15 make a piece.
    for (let i = 0; i < 33; i++) await publish(sender, `full/${i}`, 'x'.repeat(240), { qos: 1 })
    const pieces = await Promise.all(Array.from({ length: 5 }, () => connect(board, { version: 5 })))
    for (const peer of pieces) await peer.send(publishPacket('piece/1', `\0${'x'.repeat(230)}`).slice(0, 230))
    equal(pieces[4].isClosed, false)
    await publish(sender, 'free', '', { qos: 0 })
    await refused(pieces[4], 0x97)
    equal(pieces[0].isClosed, false)
  })

  test('find room where subscriptions and sessions have taken all that they get', async () => {
    const board = await boardWorld('esp32-without-store')
    const greedy = await connect(board, { version: 5 })
    const filters = Array.from({ length: 130 }, (_, index) => `${index}/`.padEnd(120, 'x'))
    const codes: number[] = []
    for (const filter of filters) codes.push(...await subscribe(greedy, filter))
    deepEqual([codes.includes(0x97), codes[0], codes.at(-1)], [true, 0, 0x97])
    const sender = await connect(board, { version: 5, clientId: 'x' })
    const whole = publishPacket('0/'.padEnd(120, 'x'), `\0${'y'.repeat(120)}`)
    await sender.send(whole.slice(0, -1))
    await sender.send(whole.slice(-1))
    equal((await receivePublish(greedy)).payload.length, 120)
  })
})
