import { deepEqual, equal } from 'node:assert/strict'
import { field, packet, properties, property, publishBytes, TYPE, uint16 } from '../support/bytes'
import { connect, connectStart, disconnect, publish, publishStart, receivePublish, refused,
  subscribe } from '../support/client'
import { publishUserProperties } from '../support/frame'
import type { Peer } from '../support/peer'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_PATTERN,
} from '../../src/broker/access/access_kind'
import { in5, type Case } from './case'
import { lasting } from './qos1.cases'

const PROTOCOL_ERROR = 0x82
const MALFORMED = 0x81
const TOPIC_NAME_INVALID = 0x90

const all = {
  payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: 'answer/here',
    correlationData: Buffer.from([0, 255, 1]),
}

const secretRules = {
  rules: [
    { kind: RULE_PATTERN, name: '', access: ACCESS_WRITE | ACCESS_DENY, filter: 'secret' },
    { kind: RULE_PATTERN, name: '', access: ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE, filter: '#' },
  ],
}

/** Asks the broker for every kind of answer that could carry a Reason String; the peer ends disconnected. */
async function refusals(peer: Peer): Promise<void> {
  await publishStart(peer, 'secret', 'no', { qos: 1, messageId: 1 })
  await publishStart(peer, 'secret', 'no', { qos: 2, messageId: 2 })
  await publishStart(peer, 'nobody', 'no', { qos: 1, messageId: 3 })
  await peer.send({ cmd: 'pubrel', messageId: 99 })
  await peer.send({ cmd: 'pubrec', messageId: 98 })
  await peer.send(packet(TYPE.subscribe, 2, uint16(4), [0], field('a#'), [0], field('ok'), [0]))
  await peer.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['none'] })
  await peer.send(packet(TYPE.publish, 0, field('+'), [0]))
}

export const propertiesCases: Case[] = [
  in5('properties of a PUBLISH are forwarded unaltered', '3.3.2-4 3.3.2-15 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-20', async (
    world,
  ) => {
    const reader = await connect(world)
    await subscribe(reader, { topic: 'a', qos: 2 })
    const sender = await connect(world)
    const pairs: [string, string][] = [['z', '1'], ['a', '2'], ['z', '3'], ['', ''], ['z', '1']]
    const bytes = properties(
      property('contentType', 'text/plain'), property('userProperty', pairs[0]),
        property('correlationData', [0, 255, 1]),
      ...pairs.slice(1).map((pair) => property('userProperty', pair)), property('responseTopic', 'answer/here'),
      property('payloadFormatIndicator', 1),
    )
    for (const flags of [0, 2]) {
      await sender.send(publishBytes(5, flags, 'a', flags ? 7 : undefined, bytes, [...Buffer.from('text')]))
      const message = await receivePublish(reader)
      const received = message.properties as unknown as typeof all & { messageExpiryInterval?: number }
      equal(received.payloadFormatIndicator, true)
      equal(received.contentType, 'text/plain')
      equal(received.responseTopic, 'answer/here')
      deepEqual([...received.correlationData], [0, 255, 1])
      equal(received.messageExpiryInterval, undefined)
      deepEqual(publishUserProperties(message.bytes), pairs)
      equal(message.payload.toString(), 'text')
    }
  }),
  in5('properties wait with their message', '3.3.2-4 3.3.2-15 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-20', async (world) => {
    const reader = await connect(world, lasting(5))
    await subscribe(reader, { topic: 'a', qos: 1 })
    await disconnect(reader)
    await publish(await connect(world), 'a', 'p', { qos: 1,
      properties: { ...all, userProperties: { b: '1', a: ['2', '3'] } } })
    const message = await receivePublish(await connect(world, lasting(5)))
    const received = message.properties as unknown as typeof all
    equal(received.payloadFormatIndicator, true)
    equal(received.contentType, 'text/plain')
    equal(received.responseTopic, 'answer/here')
    deepEqual([...received.correlationData], [0, 255, 1])
    deepEqual(publishUserProperties(message.bytes), [['b', '1'], ['a', '2'], ['a', '3']])
  }),
  in5('properties of a retained message', '3.3.2-4 3.3.2-17 3.3.2-18 3.3.2-20', async (world) => {
    const sender = await connect(world)
    await publish(sender, 'r', 'p', { retain: true, properties: { ...all, userProperties: { b: '1', a: '2' } } })
    await subscribe(sender, 'r')
    const message = await receivePublish(sender)
    equal((message.properties as unknown as typeof all).contentType, 'text/plain')
    deepEqual(publishUserProperties(message.bytes), [['b', '1'], ['a', '2']])
  }),
  in5('a Payload Format Indicator of 0', '3.3.2-4', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, 'a')
    await peer.send(publishBytes(5, 0, 'a', undefined, properties(property('payloadFormatIndicator', 0)), [0xff]))
    const message = await receivePublish(peer)
    equal((message.properties as Record<string, unknown> | undefined)?.payloadFormatIndicator ?? false, false)
    equal(message.payload[0], 0xff)
  }),
  in5('a 3.1.1 client gets the message without properties', '', async (world) => {
    const old = await connect(world, { version: 4 })
    await subscribe(old, { topic: 'a', qos: 1 })
    const sender = await connect(world)
    for (const qos of [0, 1] as const) {
      await publish(sender, 'a', 'p', { qos, properties: all })
      const message = await receivePublish(old)
      deepEqual([...message.bytes], publishBytes(4, qos * 2, 'a', qos ? message.messageId : undefined, [], [0x70]))
    }
  }),
  in5('the Message Expiry Interval', '3.3.2-5 3.3.2-6', async (world) => {
    const reader = await connect(world, lasting(5))
    await subscribe(reader, { topic: 'a', qos: 1 })
    await disconnect(reader)
    const sender = await connect(world)
    for (const messageExpiryInterval of [10, 60]) {
      await publish(sender, 'a', `${messageExpiryInterval}`, { qos: 1, properties: { messageExpiryInterval } })
    }
    await publish(sender, 'a', 'never', { qos: 1 })
    await world.advance(20_000)
    const again = await connect(world, lasting(5))
    const message = await receivePublish(again)
    equal(message.payload.toString(), '60')
    const left = (message.properties as unknown as { messageExpiryInterval: number }).messageExpiryInterval
    equal(left >= 39 && left <= 40, true, `${left}`)
    const never = await receivePublish(again)
    equal(never.payload.toString(), 'never')
    equal((never.properties as Record<string, unknown> | undefined)?.messageExpiryInterval, undefined)
    await again.silence()
  }, { longTime: true }),
  in5('the Message Expiry Interval of a message that does not wait', '3.3.2-6', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, { topic: 'a', qos: 1 })
    for (const qos of [0, 1] as const) {
      await publish(await connect(world, { clientId: 's' }), 'a', 'p',
        { qos, properties: { messageExpiryInterval: 60 } })
      equal(((await receivePublish(peer)).properties as unknown as { messageExpiryInterval: number })
        .messageExpiryInterval, 60)
    }
  }),
  in5('the longest Message Expiry Interval', '3.3.2-5 3.3.2-6', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, { topic: 'a', qos: 1 })
    await world.advance(5_000)
    for (const qos of [0, 1] as const) {
      for (const messageExpiryInterval of [0x0fff_ffff, 0x1000_0000, 0xffff_ffff]) {
        await publish(await connect(world, { clientId: 's' }), 'a', 'p', { qos, properties: { messageExpiryInterval } })
        deepEqual((await receivePublish(peer)).properties, { messageExpiryInterval })
      }
    }
  }),
  in5('the Message Expiry Interval of what has expired and is sent again', '3.3.2-6 4.4.0-1', async (world) => {
    const reader = await connect(world, lasting(5))
    await subscribe(reader, { topic: 'a', qos: 1 })
    await publish(await connect(world), 'a', 'p', { qos: 1, properties: { messageExpiryInterval: 10 } })
    await reader.receive('publish')
    await reader.drop()
    await world.advance(20_000)
    const again = await (await connect(world, lasting(5))).receive('publish')
    equal(again.dup, true)
    equal((again.properties as unknown as { messageExpiryInterval: number }).messageExpiryInterval, 0)
  }, { longTime: true }),
  in5('messages that wait for the window expire too', '3.3.2-5', async (world) => {
    const reader = await connect(world, { properties: { receiveMaximum: 1 } })
    await subscribe(reader, { topic: 'a', qos: 1 })
    const sender = await connect(world)
    await publish(sender, 'a', '1', { qos: 1, properties: { messageExpiryInterval: 5 } })
    await publish(sender, 'a', '2', { qos: 1, properties: { messageExpiryInterval: 5 } })
    await publish(sender, 'a', '3', { qos: 1 })
    const held = await reader.receive('publish')
    await world.advance(20_000)
    await reader.send({ cmd: 'puback', messageId: held.messageId })
    equal((await receivePublish(reader)).payload.toString(), '3')
    await reader.silence()
  }, { longTime: true }),
  in5('a Subscription Identifier from a client', '3.3.4-6', async (world) => {
    const peer = await connect(world)
    await peer.send(publishBytes(5, 0, 'a', undefined, properties(property('subscriptionIdentifier', 1))))
    await refused(peer, PROTOCOL_ERROR, MALFORMED)
  }),
  in5('wildcards in a Response Topic', '3.3.2-14', async (world) => {
    const bystander = await connect(world)
    await subscribe(bystander, '#')
    for (const topic of ['a/#', '+', 'a/+/b']) {
      const peer = await connect(world)
      await peer.send(publishBytes(5, 0, 'a', undefined, properties(property('responseTopic', topic))))
      await refused(peer, PROTOCOL_ERROR, MALFORMED, TOPIC_NAME_INVALID)
    }
    await bystander.silence()
  }),
  in5('Request Problem Information 0: no Reason String but in CONNACK and DISCONNECT', '3.1.2-29', async (world) => {
    const peer = await connect(world, { properties: { requestProblemInformation: false } })
    await refusals(peer)
    const packets = await peer.drain()
    equal(packets.length, 8)
    for (const { cmd, properties: received } of packets) {
      if (cmd !== 'disconnect') equal(received, undefined, cmd)
    }
  }, { needs: ['FEATURE_ACCESS', 'FEATURE_QOS2'], configuration: secretRules }),
  in5('no answer exceeds the client\'s Maximum Packet Size',
    ['3.1.2-24 3.2.2-19 3.2.2-20 3.4.2-2 3.4.2-3 3.5.2-2 3.5.2-3',
    '3.6.2-2 3.6.2-3 3.7.2-2 3.7.2-3 3.9.2-1 3.9.2-2 3.11.2-1 3.11.2-2 3.14.2-3 3.14.2-4'].join(' '), async (world) => {
    for (const maximumPacketSize of [20, 24, 40, 64, 100, 127, 128, 129]) {
      const peer = await connect(world, { properties: { maximumPacketSize } })
      await refusals(peer)
      const packets = await peer.drain()
      equal(packets.length, 8, `${maximumPacketSize}: ${packets.map(({ cmd }) => cmd)}`)
      for (const { bytes, cmd } of packets) equal(bytes.length <= maximumPacketSize, true, `${cmd} of ${bytes.length}`)
    }
    for (const maximumPacketSize of [20, 40, 60]) {
      const rejected = await connectStart(world, { username: 'x',
        properties: { maximumPacketSize, authenticationMethod: 'none' } })
      for (const { bytes } of await rejected.drain()) equal(bytes.length <= maximumPacketSize, true)
    }
  }, { needs: ['FEATURE_ACCESS', 'FEATURE_QOS2'], configuration: secretRules }),
  in5('a message above the client\'s Maximum Packet Size is discarded for it alone', '3.1.2-24 3.1.2-25', async (
    world,
  ) => {
    const small = await connect(world, { clientId: 'small', properties: { maximumPacketSize: 40, receiveMaximum: 1 } })
    const large = await connect(world, { clientId: 'large' })
    for (const peer of [small, large]) await subscribe(peer, { topic: 'a', qos: 2 })
    const sender = await connect(world)
    for (const qos of [0, 1, 2] as const) {
      equal(await publish(sender, 'a', 'x'.repeat(60), { qos }), 0)
      equal((await receivePublish(large)).payload.length, 60)
      // The next one comes as if that had been sent and acknowledged.
      await publish(sender, 'a', 'fits', { qos })
      equal((await receivePublish(small)).payload.toString(), 'fits')
      await receivePublish(large)
    }
    await small.silence()
  }, { needs: ['FEATURE_QOS2'] }),
  in5('the terms of one CONNECT are nobody else\'s', '3.1.2-24 3.3.4-9', async (world) => {
    const strict = {
      maximumPacketSize: 30, receiveMaximum: 1, topicAliasMaximum: 1, sessionExpiryInterval: 5,
      requestProblemInformation: false,
    }
    for (const version of [4, 5] as const) {
      await connect(world, { clientId: 'strict', properties: strict })
      const peer = await connect(world, { version, clientId: 'plain' })
      await subscribe(peer, { topic: 'a', qos: 1 })
      const sender = await connect(world, { clientId: 'sender', properties: strict })
      for (let number = 0; number < 2; number++) {
        await sender.send(publishBytes(5, 2, 'a', number + 1, [0], Array.from({ length: 60 }, () => 0x78)))
      }
      deepEqual((await peer.drain()).map(({ payload }) => payload.length), [60, 60])
      await peer.drop()
    }
  }),
  in5('a Maximum Packet Size or Receive Maximum of 0', '3.1.4-1', async (world) => {
    for (const properties of [{ maximumPacketSize: 0 }, { receiveMaximum: 0 }]) {
      const name = 'maximumPacketSize' in properties ? 'maximumPacketSize' : 'receiveMaximum'
      const peer = await world.open(5)
      await peer.send(packet(TYPE.connect, 0, field('MQTT'), [5, 2, 0, 0],
        [...(name === 'receiveMaximum' ? [3, 0x21, 0, 0] : [5, 0x27, 0, 0, 0, 0])], field('c')))
      const answers = await peer.drain()
      equal(answers.length === 0 || answers[0].reasonCode === PROTOCOL_ERROR, true)
      await peer.closed()
    }
  }),
]
