import { deepEqual, equal } from 'node:assert/strict'
import { publishBytes } from '../support/bytes'
import { acknowledged, connect, publish, publishStart, receivePublish, subscribe } from '../support/client'
import type { Version } from '../support/peer'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_PATTERN,
} from '../../src/broker/access/access_kind'
import type { World } from '../support/world'
import { in5, inBoth, type Case } from './case'
import { lasting } from './qos1.cases'

const PACKET_IDENTIFIER_NOT_FOUND = 0x92
const NOT_AUTHORIZED = 0x87
const needs = { needs: ['FEATURE_QOS2' as const] }

async function senderAndReader(world: World, version: Version) {
  const reader = await connect(world, lasting(version))
  await subscribe(reader, { topic: 'a/#', qos: 2 })
  return { reader, sender: await connect(world, lasting(version, 'sender')) }
}

export const qos2Cases: Case[] = [
  ...inBoth('QoS 2 receiver: one message until PUBREL, then a new one', '4.3.3-2', '4.3.3-8 4.3.3-10 4.3.3-11 4.3.3-12',
    async (world, version) => {
      const { reader, sender } = await senderAndReader(world, version)
      for (const round of [1, 2]) {
        for (const flags of [4, 12, 12]) {
          await sender.send(publishBytes(version, flags, 'a/b', 9, [0], [round]))
          await acknowledged(sender, 'pubrec', 9)
        }
        equal((await receivePublish(reader)).payload[0], round)
        await reader.silence()
        await sender.send({ cmd: 'pubrel', messageId: 9 })
        equal(await acknowledged(sender, 'pubcomp', 9), 0)
      }
      await reader.silence()
    }, needs),
  ...inBoth('QoS 2 receiver: a PUBLISH that comes again on the next connection is no new message', '4.3.3-2 4.1.0-1',
    '4.3.3-10 4.1.0-1',
    async (world, version) => {
      const { reader, sender } = await senderAndReader(world, version)
      await publishStart(sender, 'a/b', 'p', { qos: 2, messageId: 5 })
      await sender.drop()
      await receivePublish(reader)
      const again = await connect(world, lasting(version, 'sender'))
      await publishStart(again, 'a/b', 'p', { qos: 2, messageId: 5, dup: true })
      await acknowledged(again, 'pubrec', 5)
      await reader.silence()
      await again.send({ cmd: 'pubrel', messageId: 5 })
      equal(await acknowledged(again, 'pubcomp', 5), 0)
      await reader.silence()
    }, needs),
  ...inBoth('QoS 2 receiver: a clean start forgets open identifiers', '3.1.2-6', '3.1.2-4', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publishStart(sender, 'a/b', '1', { qos: 2, messageId: 5 })
    await sender.drop()
    await receivePublish(reader)
    const again = await connect(world, { version, clientId: 'sender', clean: true })
    await publishStart(again, 'a/b', '2', { qos: 2, messageId: 5, dup: true })
    await acknowledged(again, 'pubrec', 5)
    equal((await receivePublish(reader)).payload.toString(), '2')
  }, needs),
  ...inBoth('QoS 2 sender: the four packets', '4.3.3-1 2.3.1-6', '4.3.3-1 4.3.3-2 4.3.3-4 2.2.1-5 3.6.2-1', async (
    world, version,
  ) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/b', 'p', { qos: 2 })
    const message = await reader.receive('publish')
    deepEqual([message.qos, message.dup, message.messageId > 0], [2, false, true])
    await reader.silence()
    await reader.send({ cmd: 'pubrec', messageId: message.messageId })
    const pubrel = await reader.receive('pubrel')
    deepEqual([pubrel.messageId, pubrel.reasonCode ?? 0, pubrel.bytes[0]], [message.messageId, 0, 0x62])
    await reader.send({ cmd: 'pubcomp', messageId: message.messageId })
    await reader.silence()
  }, needs),
  ...inBoth('QoS 2 sender: PUBLISH again until PUBREC', '4.4.0-1 3.3.1-1 4.3.3-1', '4.4.0-1 3.3.1-1 4.3.3-3', async (
    world, version,
  ) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/b', 'p', { qos: 2 })
    const message = await reader.receive('publish')
    await reader.drop()
    const again = await connect(world, lasting(version))
    const second = await receivePublish(again)
    deepEqual([second.messageId, second.dup, second.payload.toString()], [message.messageId, true, 'p'])
    await again.silence()
  }, needs),
  ...inBoth('QoS 2 sender: PUBREL again until PUBCOMP, and no PUBLISH', '4.4.0-1 4.3.3-1', '4.4.0-1 4.3.3-5 4.3.3-6',
    async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    await publish(sender, 'a/b', 'p', { qos: 2 })
    const { messageId } = await reader.receive('publish')
    await reader.send({ cmd: 'pubrec', messageId })
    await reader.receive('pubrel')
    await reader.drop()
    const again = await connect(world, lasting(version))
    equal((await again.receive('pubrel')).messageId, messageId)
    await again.silence()
    await again.send({ cmd: 'pubcomp', messageId })
    await again.drop()
    await (await connect(world, lasting(version))).silence()
  }, needs),
  ...inBoth('QoS 2 sender: what is sent again keeps its order', '4.6.0-1', '4.6.0-1', async (world, version) => {
    const { reader, sender } = await senderAndReader(world, version)
    for (const [qos, payload] of [[2, '1'], [1, '2'], [2, '3']] as const) await publish(sender, 'a/b', payload, { qos })
    const first = (await reader.drain()).map(({ messageId, payload }) => [messageId, payload.toString()])
    equal(first.length, 3)
    await reader.drop()
    const again = await connect(world, lasting(version))
    const second = (await again.drain()).map(({ messageId, payload, dup }) => [messageId, payload.toString(), dup])
    deepEqual(second, first.map((entry) => [...entry, true]))
  }, needs),
  in5('QoS 2 sender: a PUBREC of 0x80 and above ends the delivery', '4.4.0-2 4.3.3-4', async (world) => {
    const { reader, sender } = await senderAndReader(world, 5)
    await publish(sender, 'a/b', 'p', { qos: 2 })
    const { messageId } = await reader.receive('publish')
    await reader.send({ cmd: 'pubrec', messageId, reasonCode: 0x83 } as never)
    await reader.silence()
    await reader.drop()
    await (await connect(world, lasting(5))).silence()
  }, needs),
  ...inBoth('QoS 2 receiver: open identifiers when the queues are full', '4.3.3-2', '4.3.3-10', async (
    world, version,
  ) => {
    // Fills the rows of all queues, so that the last message finds room for itself and none for its identifier.
    const { board } = world
    const sessions = Math.ceil(board.QUEUE_ROWS_MAX / board.QUEUE_MAX)
    for (let number = 0; number < sessions; number++) {
      const reader = await connect(world, lasting(version, `reader${number}`))
      await subscribe(reader, { topic: 'full', qos: 2 })
      await reader.drop()
    }
    const sender = await connect(world, { version })
    const answers: number[] = []
    for (let messageId = 1; messageId <= board.QUEUE_ROWS_MAX + 4; messageId++) {
      await publishStart(sender, 'full', '', { qos: 2, messageId })
      const [pubrec] = await sender.drain()
      if (!pubrec) break
      answers.push(pubrec.reasonCode ?? 0)
      if (answers.at(-1)! >= 0x80) continue
      await sender.send({ cmd: 'pubrel', messageId })
      equal(await acknowledged(sender, 'pubcomp', messageId), 0)
    }
    equal(answers.slice(0, 2).every((code) => code === 0), true, `${answers}`)
    // Whatever was refused left nothing behind: a new session has all its exchanges.
    for (let number = 0; number < sessions; number++) {
      await (await connect(world, { version, clientId: `reader${number}`, clean: true })).drop()
    }
    await sender.drop()
    const fresh = await connect(world, { version, clientId: 'fresh' })
    for (let messageId = 1; messageId <= board.RECEIVE_MAX; messageId++) {
      await publishStart(fresh, 'x', '', { qos: 2, messageId })
      await acknowledged(fresh, 'pubrec', messageId)
    }
    await fresh.silence()
  }, { needs: ['FEATURE_QOS2'], applies: (board) => board.QUEUE_ROWS_MAX < 100 }),
  in5('a PUBREL for an unknown identifier', '3.7.2-1 4.3.3-11', async (world) => {
    const peer = await connect(world)
    await peer.send({ cmd: 'pubrel', messageId: 99 })
    equal(await acknowledged(peer, 'pubcomp', 99), PACKET_IDENTIFIER_NOT_FOUND)
  }, needs),
  ...inBoth('a PUBREL for an unknown identifier is answered all the same', '4.3.3-2', '4.3.3-11', async (
    world, version,
  ) => {
    const peer = await connect(world, { version })
    await peer.send({ cmd: 'pubrel', messageId: 99 })
    await acknowledged(peer, 'pubcomp', 99)
    await peer.silence()
  }, needs),
  in5('a PUBREC for an unknown identifier', '3.6.2-1', async (world) => {
    const peer = await connect(world)
    await peer.send({ cmd: 'pubrec', messageId: 99 })
    const pubrel = await peer.receive('pubrel')
    deepEqual([pubrel.messageId, pubrel.reasonCode], [99, PACKET_IDENTIFIER_NOT_FOUND])
  }, needs),
  in5('QoS 2: no expiry once the PUBLISH was sent', '4.3.3-7', async (world) => {
    const { reader, sender } = await senderAndReader(world, 5)
    await publish(sender, 'a/b', 'p', { qos: 2, properties: { messageExpiryInterval: 5 } })
    const { messageId } = await reader.receive('publish')
    await world.advance(20_000)
    await reader.drop()
    const again = await connect(world, lasting(5))
    equal((await receivePublish(again)).messageId, messageId)
  }, { ...needs, longTime: true }),
  in5('QoS 2: the acknowledgements go on where the message expired', '4.3.3-13', async (world) => {
    const { reader, sender } = await senderAndReader(world, 5)
    await reader.drop()
    await publishStart(sender, 'a/b', 'p', { qos: 2, messageId: 3, properties: { messageExpiryInterval: 5 } })
    await acknowledged(sender, 'pubrec', 3)
    await world.advance(20_000)
    await sender.send({ cmd: 'pubrel', messageId: 3 })
    equal(await acknowledged(sender, 'pubcomp', 3), 0)
    await (await connect(world, lasting(5))).silence()
  }, { ...needs, longTime: true }),
  in5('QoS 2: after a PUBREC of 0x80 and above the identifier is free', '4.3.3-9 3.5.2-1', async (world) => {
    const { reader, sender } = await senderAndReader(world, 5)
    await publishStart(sender, 'secret', 'no', { qos: 2, messageId: 3 })
    equal(await acknowledged(sender, 'pubrec', 3), NOT_AUTHORIZED)
    await publishStart(sender, 'a/b', 'yes', { qos: 2, messageId: 3 })
    equal(await acknowledged(sender, 'pubrec', 3), 0)
    equal((await receivePublish(reader)).payload.toString(), 'yes')
  }, {
    needs: ['FEATURE_QOS2', 'FEATURE_ACCESS'],
    configuration: {
      rules: [
        { kind: RULE_PATTERN, name: '', access: ACCESS_WRITE | ACCESS_DENY, filter: 'secret' },
        { kind: RULE_PATTERN, name: '', access: ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE, filter: '#' },
      ],
    },
  }),
]
