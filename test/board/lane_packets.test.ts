// What the express lane must not take for a PUBLISH that it knows, and what it must not lose.

import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { field, packet, publishBytes, TYPE, uint16 } from '../support/bytes'
import type { Peer } from '../support/peer'
import { connect, publish, receivePublish, refused, subscribe } from '../support/client'

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

  /** A reader that is away for a moment when it likes, and two publishers whose messages at QoS 1 the lane knows. */
  async function scene() {
    const board = await world()
    const open = () => connect(board, { version: 4, clientId: 'reader', clean: false })
    const reader = await open()
    await subscribe(reader, { topic: 'a', qos: 1 })
    const senders = [await connect(board, { version: 4 }), await connect(board, { version: 4 })] as const
    for (const sender of senders) {
      await publish(sender, 'a', 'first', { qos: 1 })
      await receivePublish(reader)
    }
    const send = async (sender: Peer, identifier: number, text: string): Promise<void> => {
      await sender.send(publishBytes(4, 2, 'a', identifier, [], [...Buffer.from(text)]))
      equal((await sender.receive('puback')).messageId, identifier)
    }
    /** What the reader is sent again, with its Packet Identifiers. */
    const resume = async (count: number): Promise<[string, number][]> => {
      await reader.drop()
      const again = await open()
      const found: [string, number][] = []
      for (let i = 0; i < count; i++) {
        const message = await again.receive('publish')
        equal(message.dup, true)
        found.push([message.payload.toString(), message.messageId])
      }
      await again.silence()
      return found
    }
    return { reader, senders, send, resume }
  }

  test('a Packet Identifier of 0 is none', async () => {
    const { reader, senders } = await scene()
    await senders[0].send(publishBytes(4, 2, 'a', 0, [], [...Buffer.from('wrong')]))
    await refused(senders[0])
    await reader.silence()
  })

  test('two publishers use the same Packet Identifier', async () => {
    const { reader, senders, send, resume } = await scene()
    await send(senders[0], 7, 'aaaaa')
    await send(senders[1], 7, 'bbbbb')
    await send(senders[0], 7, 'ccccc')
    const sent = [await reader.receive('publish'), await reader.receive('publish'), await reader.receive('publish')]
    deepEqual(sent.map(({ payload }) => payload.toString()), ['aaaaa', 'bbbbb', 'ccccc'])
    equal(new Set(sent.map(({ messageId }) => messageId)).size, 3)
    await reader.send(packet(TYPE.puback, 0, uint16(sent[1].messageId)))
    deepEqual(await resume(2), [['aaaaa', sent[0].messageId], ['ccccc', sent[2].messageId]])
  })

  test('what is under way is sent again in its order, whatever its Packet Identifiers', async () => {
    const { senders, send, resume } = await scene()
    await send(senders[0], 300, 'aaaaa')
    await send(senders[1], 12, 'bbbbb')
    await send(senders[0], 65_535, 'ccccc')
    await send(senders[1], 1, 'ddddd')
    deepEqual((await resume(4)).map(([text]) => text), ['aaaaa', 'bbbbb', 'ccccc', 'ddddd'])
  })

  test('an identifier that was acknowledged is free again, and stands behind the others', async () => {
    const { reader, senders, send, resume } = await scene()
    for (const [identifier, text] of [[5, 'aaaaa'], [6, 'bbbbb']] as const) await send(senders[0], identifier, text)
    const [first] = [await reader.receive('publish'), await reader.receive('publish')]
    await reader.send(packet(TYPE.puback, 0, uint16(first.messageId)))
    await send(senders[0], 5, 'ccccc')
    deepEqual((await resume(2)).map(([text]) => text), ['bbbbb', 'ccccc'])
  })

  test('a PUBACK within a packet is part of the packet', async () => {
    const { reader, senders, send, resume } = await scene()
    await send(senders[0], 7, 'aaaaa')
    const { messageId } = await reader.receive('publish')
    const puback = packet(TYPE.puback, 0, uint16(messageId))
    const bytes = publishBytes(4, 0, 'b', 0, [], [1, 2, ...puback, 3])
    await reader.sendSplit(bytes, [bytes.length - 5, 4, 1])
    deepEqual(await resume(1), [['aaaaa', messageId]])
  })

  test('a PUBACK comes twice', async () => {
    const { reader, senders, send, resume } = await scene()
    await send(senders[0], 7, 'aaaaa')
    await send(senders[0], 8, 'bbbbb')
    const { messageId } = await reader.receive('publish')
    for (let i = 0; i < 2; i++) await reader.send(packet(TYPE.puback, 0, uint16(messageId)))
    deepEqual((await resume(1)).map(([text]) => text), ['bbbbb'])
  })

  test('a PUBACK that ends the connection leaves what is under way', async () => {
    const { reader, senders, send, resume } = await scene()
    await send(senders[0], 7, 'aaaaa')
    await reader.receive('publish')
    await reader.send(packet(TYPE.puback, 0, uint16(0)))
    await refused(reader)
    deepEqual((await resume(1)).map(([text]) => text), ['aaaaa'])
  })

  test('a PUBACK for a message at QoS 2 leaves what is under way', async () => {
    const { reader, senders, send, resume } = await scene()
    await subscribe(reader, { topic: 'b', qos: 2 })
    await publish(senders[0], 'b', 'at 2', { qos: 2 })
    const { messageId } = await reader.receive('publish')
    // The first one has the lane learn the way again.
    for (const [identifier, text] of [[700, 'aaaaa'], [701, 'bbbbb']] as const) await send(senders[0], identifier, text)
    for (let left = 2; left > 0; left--) await reader.receive('publish')
    await reader.send(packet(TYPE.puback, 0, uint16(messageId)))
    await refused(reader)
    deepEqual((await resume(3)).map(([text]) => text), ['at 2', 'aaaaa', 'bbbbb'])
  })
})
