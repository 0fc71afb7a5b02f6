import { deepEqual, equal } from 'node:assert/strict'
import { field, packet, TYPE, uint16 } from '../support/bytes'
import { connect, disconnect, publish, receivePublish, refused, subscribe, unsubscribe } from '../support/client'
import type { Peer } from '../support/peer'
import { isSmall } from '../support/small_board'
import type { World } from '../support/world'
import { in5, type Case, type CaseOptions } from './case'
import { lasting } from './qos1.cases'

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const TOPIC_FILTER_INVALID = 0x8f
const needs: CaseOptions = { needs: ['FEATURE_SHARED_SUBSCRIPTION'] }

async function group(world: World, count: number, qos: 0 | 1 | 2, filter = '$share/g/t/#'): Promise<Peer[]> {
  const peers: Peer[] = []
  for (let number = 0; number < count; number++) {
    const peer = await connect(world, lasting(5, `m${number}`))
    deepEqual(await subscribe(peer, { topic: filter, qos }), [qos])
    peers.push(peer)
  }
  return peers
}

const counts = async (peers: Peer[]): Promise<number[]> =>
  Promise.all(peers.map(async (peer) => (await peer.drain()).filter(({ cmd }) => cmd === 'publish').length))

export const sharedSubscriptionCases: Case[] = [
  in5('each message goes to one client of the group, and to all in turn', '4.8.2-1 4.8.2-2', async (world) => {
    const peers = await group(world, 3, 0)
    const sender = await connect(world)
    for (let number = 0; number < 30; number++) await publish(sender, `t/${number}`, 'p')
    const received = await counts(peers)
    equal(received.reduce((sum, count) => sum + count, 0), 30)
    equal(received.every((count) => count > 0), true, `${received}`)
  }, needs),
  in5('several groups each receive every message', '4.8.2-1', async (world) => {
    const one = await connect(world)
    await subscribe(one, '$share/g1/t/#')
    const two = await connect(world)
    await subscribe(two, '$share/g2/t/#')
    const plain = await connect(world)
    await subscribe(plain, 't/#')
    for (let number = 0; number < 5; number++) await publish(plain, `t/${number}`, 'p')
    deepEqual(await counts([one, two, plain]), [5, 5, 5])
  }, needs),
  in5('a shared subscription beside a normal one of the same client', '4.8.2-1', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, ['$share/g/t', 't'])
    await publish(await connect(world), 't', 'p')
    deepEqual(await counts([peer]), [2])
  }, needs),
  in5('the QoS granted to the client is respected', '4.8.2-3', async (world) => {
    const peer = await connect(world)
    const sender = await connect(world)
    for (const granted of [0, 1, 2] as const) {
      await subscribe(peer, { topic: '$share/g/t', qos: granted })
      for (const qos of [0, 1, 2] as const) {
        await publish(sender, 't', 'p', { qos })
        equal((await receivePublish(peer)).qos, Math.min(qos, granted))
      }
    }
  }, needs),
  in5('no retained messages for a shared subscription', '', async (world) => {
    const peer = await connect(world)
    await publish(peer, 't', 'p', { retain: true })
    await subscribe(peer, { topic: '$share/g/t', rh: 0 })
    await peer.silence()
  }, needs),
  in5('No Local on a shared subscription', '3.8.3-4', async (world) => {
    const peer = await connect(world)
    await peer.send(packet(TYPE.subscribe, 2, uint16(1), [0], field('$share/g/t'), [4]))
    await refused(peer, PROTOCOL_ERROR)
  }, needs),
  in5('shared filters that are not valid', '4.8.2-1 4.8.2-2', async (world) => {
    for (const topic of ['$share/', '$share//t', '$share/g', '$share/g/', '$share/g+/t', '$share/+/t', '$share/#/t',
      '$share/g#/t', '$share/g/t#']) {
      const peer = await connect(world)
      await peer.send(packet(TYPE.subscribe, 2, uint16(1), [0], field(topic), [0]))
      const [answer] = await peer.drain()
      if (answer?.cmd === 'suback') {
        deepEqual(answer.granted, [TOPIC_FILTER_INVALID], topic)
        await peer.drop()
      } else {
        equal([MALFORMED, PROTOCOL_ERROR, TOPIC_FILTER_INVALID].includes(answer.reasonCode), true)
        await peer.closed()
      }
    }
  }, needs),
  in5('UNSUBSCRIBE leaves the group', '3.10.4-1', async (world) => {
    const peers = await group(world, 2, 0)
    deepEqual(await unsubscribe(peers[0], '$share/other/t/#', 't/#'), [0x11, 0x11])
    deepEqual(await unsubscribe(peers[0], '$share/g/t/#'), [0])
    const sender = await connect(world)
    for (let number = 0; number < 6; number++) await publish(sender, 't/a', 'p')
    deepEqual(await counts(peers), [0, 6])
    await unsubscribe(peers[1], '$share/g/t/#')
    await publish(sender, 't/a', 'p')
    deepEqual(await counts(peers), [0, 0])
  }, needs),
  in5('a client that left takes no messages', '4.8.2-1', async (world) => {
    const peers = [await connect(world), await connect(world)]
    for (const peer of peers) await subscribe(peer, { topic: '$share/g/t', qos: 1 })
    await disconnect(peers[0])
    const sender = await connect(world)
    for (let number = 0; number < 3; number++) {
      equal(await publish(sender, 't', `${number}`, { qos: 1 }), 0)
      equal((await receivePublish(peers[1])).payload.toString(), `${number}`)
    }
  }, needs),
  in5('a QoS 2 delivery that breaks off is completed with the same client', '4.8.2-4', async (world) => {
    const peers = await group(world, 2, 2)
    await publish(await connect(world), 't/a', 'p', { qos: 2 })
    const chosen = (await counts(peers)).indexOf(1)
    const other = peers[1 - chosen]
    await peers[chosen].drop()
    await other.silence()
    const again = await connect(world, lasting(5, `m${chosen}`))
    equal((await receivePublish(again)).payload.toString(), 'p')
    await other.silence()
  }, needs),
  in5('a QoS 2 delivery whose client\'s session ends goes to nobody else', '4.8.2-5', async (world) => {
    const peers = await group(world, 2, 2)
    await publish(await connect(world), 't/a', 'p', { qos: 2 })
    const chosen = (await counts(peers)).indexOf(1)
    await peers[chosen].drop()
    await disconnect(await connect(world, { clientId: `m${chosen}`, clean: true }))
    await world.advance(3_000)
    await peers[1 - chosen].silence()
  }, needs),
  in5('what a member leaves behind goes on with the options of its new receiver', '4.8.2-3 3.3.4-3 3.3.1-13', async (
    world,
  ) => {
    const away = await connect(world, lasting(5, 'away'))
    await subscribe(away, { topic: '$share/g/t', qos: 1 }, 1)
    await disconnect(away)
    await publish(await connect(world), 't', 'p', { qos: 1, retain: true })
    const other = await connect(world)
    await subscribe(other, { topic: '$share/g/t', qos: 1, rap: true }, 2)
    await disconnect(await connect(world, { clientId: 'away', clean: true }))
    const packets = await other.drain()
    // It need not go on at all; but if it does, it is this client's.
    for (const packet of packets) {
      deepEqual([(packet.properties as unknown as Record<string, unknown>).subscriptionIdentifier].flat(), [2])
      equal(packet.retain, true)
    }
  }, needs),
  in5('a group whose every queue is full tells the publisher', '4.8.2-3', async (world) => {
    const [member] = await group(world, 1, 1)
    await member.drop()
    const sender = await connect(world)
    const { QUEUE_MAX } = world.board
    for (let number = 0; number < QUEUE_MAX; number++) equal(await publish(sender, 't/a', `${number}`, { qos: 1 }), 0)
    equal(await publish(sender, 't/a', 'no', { qos: 1 }), 0x97)
  }, { ...needs, applies: isSmall }),
  in5('a message that its client refuses goes to nobody else', '4.8.2-6', async (world) => {
    const peers = await group(world, 2, 2)
    const sender = await connect(world)
    for (const [qos, cmd] of [[1, 'puback'], [2, 'pubrec']] as const) {
      await publish(sender, 't/a', 'p', { qos })
      for (const peer of peers) {
        for (const { messageId } of await peer.drain()) {
          await peer.send({ cmd, messageId, reasonCode: 0x80 })
        }
      }
      for (const peer of peers) await peer.silence()
    }
  }, needs),
  in5('a broker without them refuses one', '', async (world) => {
    const peer = await connect(world)
    await peer.send(packet(TYPE.subscribe, 2, uint16(1), [0], field('$share/g/t'), [0]))
    await refused(peer, 0x9e)
    const old = await connect(world, { version: 4 })
    deepEqual(await subscribe(old, '$share/g/t'), [0], 'a name like any other in 3.1.1')
  }, { applies: ({ FEATURE_SHARED_SUBSCRIPTION, FEATURE_MQTT5 }) => FEATURE_MQTT5 && !FEATURE_SHARED_SUBSCRIPTION }),
]
