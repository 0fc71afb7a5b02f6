import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { publishBytes } from '../support/bytes'
import {
  acknowledged, connect, disconnect, publish, publishStart, receivePublish, subscribe, unsubscribe, type ConnectOptions,
} from '../support/client'
import type { Version } from '../support/peer'
import type { World } from '../support/world'
import { in5, inBoth, type Case } from './case'

/** A client with a session that lasts. */
export const lasting = (version: Version, clientId = 'lasting'): ConnectOptions => ({
  version, clientId, clean: false, ...(version === 5 ? { properties: { sessionExpiryInterval: 1_000 } } : {}),
})

async function senderAndReader(world: World, version: Version, qos: 1 | 2 = 1) {
  const reader = await connect(world, lasting(version))
  await subscribe(reader, { topic: 'a/#', qos })
  return { reader, sender: await connect(world, { version }) }
}

export const qos1Cases: Case[] = [
  ...inBoth('QoS 1: DUP 0, an identifier, one copy', '4.3.2-1 2.3.1-4 3.3.1-3', '4.3.2-1 4.3.2-2 2.2.1-4', async (
    world, version,
  ) => {
    const { reader, sender } = await senderAndReader(world, version)
    const seen = new Set<number>()
    for (const topic of ['a/1', 'a/2', 'a/3']) {
      await publish(sender, topic, 'p', { qos: 1 })
      const message = await reader.receive('publish')
      deepEqual([message.topic, message.qos, message.dup], [topic, 1, false])
      notEqual(message.messageId, 0)
      equal(seen.has(message.messageId), false)
      seen.add(message.messageId)
    }
    await reader.silence()
  }),
  ...inBoth('QoS 1: after PUBACK the same identifier is a new message', '4.3.2-2', '4.3.2-4 4.3.2-5', async (
    world, version,
  ) => {
    const { reader, sender } = await senderAndReader(world, version)
    for (const [flags, payload] of [[2, 1], [2, 2], [10, 3]] as const) {
      await sender.send(publishBytes(version, flags, 'a/b', 77, [0], [payload]))
      await acknowledged(sender, 'puback', 77)
      equal((await receivePublish(reader)).payload[0], payload)
    }
  }),
  ...inBoth('QoS 1: unacknowledged messages are sent again, in order, with DUP and their identifiers',
    '4.4.0-1 3.3.1-1 4.6.0-1 4.3.2-1', '4.4.0-1 3.3.1-1 4.6.0-1 4.3.2-3', async (world, version) => {
      const { reader, sender } = await senderAndReader(world, version)
      for (const payload of ['1', '2', '3']) await publish(sender, 'a/b', payload, { qos: 1 })
      const first = [await reader.receive('publish'), await reader.receive('publish'), await reader.receive('publish')]
      await reader.send({ cmd: 'puback', messageId: first[1].messageId })
      await reader.drop()
      await publish(sender, 'a/b', '4', { qos: 1 })
      const again = await connect(world, lasting(version))
      const expected = [[first[0].messageId, '1', true], [first[2].messageId, '3', true]]
      for (const [messageId, payload, dup] of expected) {
        const message = await receivePublish(again)
        deepEqual([message.messageId, message.payload.toString(), message.dup], [messageId, payload, dup])
      }
      const fresh = await receivePublish(again)
      deepEqual([fresh.payload.toString(), fresh.dup], ['4', false])
      await again.silence()
    }),
  ...inBoth('QoS 1: nothing is sent again while the connection lasts', '4.3.2-1', '4.4.0-1', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/b', 'p', { qos: 1 })
    await reader.receive('publish')
    await world.advance(600_000)
    await reader.silence()
  }, { longTime: true }),
  ...inBoth('QoS 1: what was acknowledged is not sent again', '4.4.0-1', '4.4.0-1', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/b', 'p', { qos: 1 })
    await receivePublish(reader)
    await disconnect(reader)
    await (await connect(world, lasting(version))).silence()
  }),
  in5('QoS 1: a PUBACK of 0x80 and above acknowledges', '4.4.0-2', async (world) => {
    const { reader, sender } = await senderAndReader(world, 5)
    await publish(sender, 'a/b', 'p', { qos: 1 })
    const { messageId } = await reader.receive('publish')
    await reader.send({ cmd: 'puback', messageId, reasonCode: 0x80 } as never)
    await reader.silence()
    await reader.drop()
    await (await connect(world, lasting(5))).silence()
  }),
  ...inBoth('a PUBACK that nothing waits for is ignored', '', '4.9.0-3', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await reader.send({ cmd: 'puback', messageId: 4_711 })
    await publish(sender, 'a/b', 'p', { qos: 1 })
    await receivePublish(reader)
    await reader.silence()
  }),
  ...inBoth('messages of one client keep their order', '4.6.0-5 4.6.0-6', '4.6.0-5 4.6.0-6', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version, 2)
    for (const qos of [0, 1, 2] as const) {
      for (let number = 0; number < 20; number++) {
        await publish(sender, 'a/b', `${number}`, { qos })
        if (number % 2 === 1) {
          equal((await receivePublish(reader)).payload.toString(), `${number - 1}`)
          equal((await receivePublish(reader)).payload.toString(), `${number}`)
        }
      }
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('messages keep their order past the window of the client', '4.6.0-5 4.6.0-6', '4.6.0-5 4.6.0-6', async (
    world, version,
  ) => {
    const { reader, sender } = await senderAndReader(world, version)
    for (let number = 0; number < 8; number++) await publish(sender, 'a/b', `${number}`, { qos: 1 })
    for (let number = 0; number < 8; number++) equal((await receivePublish(reader)).payload.toString(), `${number}`)
    await reader.silence()
  }),
  ...inBoth('after UNSUBSCRIBE: nothing new, but what was started is completed', '3.10.4-2 3.10.4-3',
    '3.10.4-2 3.10.4-3',
    async (world, version) => {
      const { reader, sender } = await senderAndReader(world, version, 2)
      await publish(sender, 'a/1', 'one', { qos: 1 })
      await publish(sender, 'a/2', 'two', { qos: 2 })
      const one = await reader.receive('publish')
      const two = await reader.receive('publish')
      await unsubscribe(reader, 'a/#')
      await publish(sender, 'a/3', 'three', { qos: 1 })
      await reader.silence()
      await reader.send({ cmd: 'pubrec', messageId: two.messageId })
      equal((await reader.receive('pubrel')).messageId, two.messageId)
      await reader.drop()
      const again = await connect(world, lasting(version))
      const packets = await again.drain()
      deepEqual(packets.map(({ cmd, messageId }) => [cmd, messageId]).sort(),
        [['publish', one.messageId], ['pubrel', two.messageId]])
    }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('identifiers in use are not given out again', '2.3.1-4', '2.2.1-4 4.3.2-1', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/held', 'p', { qos: 1 })
    const held = await reader.receive('publish')
    for (let round = 0; round < 300; round++) {
      await publish(sender, 'a/b', 'p', { qos: 1 })
      const message = await reader.receive('publish')
      notEqual(message.messageId, held.messageId)
      await reader.send({ cmd: 'puback', messageId: message.messageId })
    }
  }),
  ...inBoth('identifiers are not given out twice after all 65,535', '2.3.1-4', '2.2.1-4', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/held', 'p', { qos: 1 })
    const held = (await reader.receive('publish')).messageId
    let acknowledgedHeld = false
    for (let round = 0; round < 66_000; round++) {
      await publishStart(sender, 'a/b', '', { qos: 1, messageId: 1 })
      await acknowledged(sender, 'puback', 1)
      let [message] = await reader.drain()
      if (!message) {
        // The broker waits for that identifier rather than skip it.
        await reader.send({ cmd: 'puback', messageId: held })
        acknowledgedHeld = true
        message = await reader.receive('publish')
      }
      if (message.messageId === 0 || (message.messageId === held
        && !acknowledgedHeld)) throw new Error(`round ${round}`)
      await reader.send({ cmd: 'puback', messageId: message.messageId })
    }
  }, { packets: 200_000 }),
]
