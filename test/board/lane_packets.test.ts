// What the express lane must not take for a PUBLISH that it knows, and what it must not lose.

import { equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { field, packet, publishBytes, TYPE, uint16 } from '../support/bytes'
import type { Peer } from '../support/peer'
import { connect, publish, receivePublish, subscribe } from '../support/client'

const world = () => boardWorld('esp32', {})

describe('the express lane', () => {
  test('a SUBSCRIBE as long as the last PUBLISH is a SUBSCRIBE', async () => {
    const board = await world()
    const reader = await connect(board, { version: 4 })
    const sender = await connect(board, { version: 4 })
    await subscribe(reader, 'a')
    await publish(sender, 'a', 'x'.repeat(6))
    equal((await receivePublish(reader)).payload.toString(), 'xxxxxx')
    // Both have a Remaining Length of 9; the second time, a lane that took the first for its own would forward it.
    for (let i = 0; i < 2; i++) {
      await sender.send(packet(TYPE.subscribe, 2, uint16(1), field('b/cd'), [0]))
      equal((await sender.receive('suback')).messageId, 1)
    }
    await reader.silence()
  })

  test('more subscribers at QoS 1 than may have a message under way', async () => {
    const board = await world()
    const readers: Peer[] = []
    for (const version of [4, 4, 4, 4, 5, 5, 5] as const) {
      const reader = await connect(board, { version })
      await subscribe(reader, { topic: 'a', qos: 1 })
      readers.push(reader)
    }
    const sender = await connect(board, { version: 4 })
    for (let i = 0; i < 20; i++) {
      await sender.send(publishBytes(4, 2, 'a', i + 1, [], [0x30 + i]))
      equal((await sender.receive('puback')).messageId, i + 1)
      // Some acknowledge at once, the others when there are five.
      for (const reader of readers) {
        const isPatient = readers.indexOf(reader) % 2 === 1
        const waiting: number = !isPatient ? 1 : i % 5 === 4 ? 5 : 0
        for (let late = waiting - 1; late >= 0; late--) {
          equal((await receivePublish(reader)).payload.toString(), String.fromCharCode(0x30 + i - late))
        }
      }
    }
  })

  test('what was acknowledged to the publisher survives its reader', async () => {
    const board = await world()
    const reader = await connect(board, { version: 4, clientId: 'reader', clean: false })
    const sender = await connect(board, { version: 4 })
    await subscribe(reader, { topic: 'a', qos: 1 })
    await publish(sender, 'a', 'first', { qos: 1 })
    await receivePublish(reader)
    // Neither is acknowledged by the reader; the lane has the later ones.
    for (const text of ['other', 'third']) {
      await sender.send(publishBytes(4, 2, 'a', 7, [], [...Buffer.from(text)]))
      await sender.receive('puback')
    }
    await reader.drop()
    const again = await connect(board, { version: 4, clientId: 'reader', clean: false })
    for (const text of ['other', 'third']) equal((await again.receive('publish')).payload?.toString(), text)
  })
})
