// Every kind of packet, broken in every way that it can be: the broker closes that connection with the right Reason
// Code, and a bystander notices nothing.

import {
  connectBytes, field, packet, properties, propertySample, PROPERTY, publishBytes, TYPE, uint16, varint,
  type Bytes, type PropertyName,
} from '../support/bytes'
import { connect, connectFailed, connectStart, publishStart, refused, subscribe } from '../support/client'
import type { Peer, Version } from '../support/peer'
import { CHALLENGE_METHOD, type World } from '../support/world'
import { in5, inBoth, type Case, type CaseOptions } from './case'
import {
  authPacket, authPermitted, BAD_VALUES, connectPermitted, connectWithProperties, connectWithWillProperties,
    fullConnect,
  goodPackets, willPermitted, type GoodPacket,
} from './malformed_packets'

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const ERRORS = [MALFORMED, PROTOCOL_ERROR]
const TOPIC_NAME_INVALID = 0x90
const TOPIC_ALIAS_INVALID = 0x94

const propertyNames = Object.keys(PROPERTY) as PropertyName[]
const UNKNOWN_PROPERTIES = [0x00, 0x04, 0x0a, 0x0c, 0x10, 0x14, 0x1b, 0x20, 0x2b, 0x7f]
const challenge: CaseOptions = { needs: ['FEATURE_ENHANCED_AUTHENTICATION'], configuration: { challengeRounds: 0 } }

/** Sends each of the bytes on a connection of its own and expects the refusal; a bystander hears nothing of it. */
async function eachRefused(
  world: World, version: Version, broken: [what: string, bytes: Bytes][], codes = ERRORS,
  open: () => Promise<Peer> = () => connect(world, { version, clientId: 'broken' }),
): Promise<void> {
  const bystander = await connect(world, { version, clientId: 'bystander' })
  await subscribe(bystander, '#')
  for (const [what, bytes] of broken) {
    const peer = await open()
    await peer.send(bytes)
    await refused(peer, ...codes).catch((error: Error) => {
      throw new Error(`${what}: ${Buffer.from(bytes).toString('hex')}: ${error.message}`)
    })
  }
  await bystander.send({ cmd: 'pingreq' })
  await bystander.receive('pingresp')
  await bystander.silence()
}

async function eachConnectFails(world: World, version: Version, broken: [what: string, bytes: Bytes][]): Promise<void> {
  const bystander = await connect(world, { version, clientId: 'bystander' })
  for (const [what, bytes] of broken) {
    const peer = await world.open(version)
    await peer.send(bytes)
    await connectFailed(peer, ...ERRORS, TOPIC_NAME_INVALID).catch((error: Error) => {
      throw new Error(`${what}: ${Buffer.from(bytes).toString('hex')}: ${error.message}`)
    })
  }
  await bystander.silence()
}

/** The packet with its body cut at every place where that breaks it. */
function truncations(good: GoodPacket, version: Version): [string, Bytes][] {
  const body = good.body(version)
  const alsoGood = good.alsoGood(version, body)
  return body.map((_, size): [string, Bytes] => [`${good.name} cut to ${size}`,
    packet(good.type, good.flags, body.slice(0, size))])
    .filter((_, size) => !alsoGood.includes(size))
}

/** Property blocks that no packet may have, whatever is permitted in it. */
function brokenBlocks(permitted: PropertyName[]): [string, Bytes][] {
  const sample = propertySample(permitted[0])
  const blocks: [string, Bytes][] = [
    ['a Property Length past the end', [...varint(sample.length + 40), ...sample]],
    ['a Property Length of five bytes', [0x80, 0x80, 0x80, 0x80, 0x01]],
    ['a Property Length that is longer than needed', [0x80 | sample.length, 0x00, ...sample]],
  ]
  for (const name of propertyNames) {
    const bytes = propertySample(name)
    if (!permitted.includes(name)) blocks.push([`the property ${name}`, properties(bytes)])
    else if (name !== 'userProperty') blocks.push([`the property ${name} twice`, properties(bytes, bytes)])
    if (permitted.includes(name)) {
      for (let size = 1; size < bytes.length; size++) {
        blocks.push([`the property ${name} cut to ${size}`, properties(bytes.slice(0, size))])
      }
    }
  }
  for (const identifier of UNKNOWN_PROPERTIES) blocks.push([`the property ${identifier}`, properties([identifier, 1])])
  for (const [name, bytes] of BAD_VALUES) {
    if (permitted.includes(name)) blocks.push([`a bad ${name}: ${bytes.join()}`, properties(bytes)])
  }
  return blocks
}

/** Authentication Data go with a method only, so that property is judged elsewhere. */
const blocksOf = (permitted: PropertyName[]): [string, Bytes][] =>
  brokenBlocks(permitted).filter(([what]) => what !== 'the property authenticationData twice')

const withProperties = goodPackets.filter((good) => good.withProperties !== undefined)

export const malformedCases: Case[] = [
  ...goodPackets.flatMap((good) => inBoth(`${good.name} cut short`, '4.8.0-1', '4.13.1-1', (world, version) =>
    eachRefused(world, version, truncations(good, version)))),
  ...goodPackets.filter(({ name }) => name !== 'PUBLISH').flatMap((good) => inBoth(`${good.name} with bytes too many`,
    '4.8.0-1', '4.13.1-1', (world, version) => eachRefused(world, version,
      [[0], [0, 5], [0, 5, 0x61]].map((extra) => [`${extra}`,
        packet(good.type, good.flags, good.body(version), extra)])))),
  ...goodPackets.filter(({ name }) => name !== 'PUBLISH').flatMap((good) => inBoth(`${good.name} with every wrong flag`,
    '2.2.2-1 2.2.2-2', '2.1.3-1', (world, version) => eachRefused(world, version,
      Array.from({ length: 16 }, (_, flags): [string, Bytes] =>
        [`flags ${flags}`, packet(good.type, flags, good.body(version))])
        .filter((_, flags) => flags !== good.flags), [MALFORMED]))),
  ...withProperties.map((good) => in5(`${good.name} with properties that are not valid`, '4.13.1-1 2.2.2-1', (world) =>
    eachRefused(world, 5, brokenBlocks(good.permitted).map(([what, block]) => [what, good.withProperties!(block)]),
      [...ERRORS, TOPIC_NAME_INVALID, TOPIC_ALIAS_INVALID]))),
  ...withProperties.map((good) => in5(`${good.name} with every property that it may have`, '', async (world) => {
    for (const name of good.permitted) {
      if (name === 'sessionExpiryInterval') continue
      if (name === 'subscriptionIdentifier' && !world.board.FEATURE_SUBSCRIPTION_IDENTIFIER) continue
      if (name === 'topicAlias' && !world.board.FEATURE_TOPIC_ALIAS) continue
      const peer = await connect(world, { clientId: 'good' })
      await peer.send(good.withProperties!(properties(propertySample(name), ...good.permitted.includes('userProperty')
        ? [propertySample('userProperty'), propertySample('userProperty')] : [])))
      if (good.name === 'DISCONNECT') {
        await peer.closed()
      } else {
        const packets = await peer.drain()
        if (peer.isClosed) throw new Error(`${name}: ${JSON.stringify(packets)}`)
        await peer.drop()
      }
    }
  })),
  ...inBoth('CONNECT cut short', '3.1.4-1', '3.1.4-1', async (world, version) => {
    const whole = fullConnect(version)
    const body = whole.slice(2)
    await eachConnectFails(world, version, body.map((_, size) => [`cut to ${size}`, packet(1, 0, body.slice(0, size))]))
  }),
  ...inBoth('CONNECT with bytes too many', '3.1.4-1', '3.1.4-1', async (world, version) => {
    const body = fullConnect(version).slice(2)
    await eachConnectFails(world, version, [[0], [0, 0],
      [0, 1, 0x61]].map((extra) => [`${extra}`, packet(1, 0, body, extra)]))
  }),
  in5('CONNECT with properties that are not valid', '3.1.4-1', (world) =>
    eachConnectFails(world, 5, blocksOf(connectPermitted)
      .map(([what, block]) => [what, connectWithProperties(block)]))),
  in5('CONNECT with Will Properties that are not valid', '3.1.4-1', (world) =>
    eachConnectFails(world, 5, blocksOf(willPermitted).map(([what, block]) =>
      [what, connectWithWillProperties(block)]))),
  in5('CONNECT with every property that it may have', '3.1.4-5', async (world) => {
    for (const name of connectPermitted.filter((candidate) => !candidate.startsWith('authentication'))) {
      // A Maximum Packet Size of 1 leaves no room for CONNACK itself.
      const bytes = name === 'maximumPacketSize' ? [0x27, 0, 0, 1, 0] : propertySample(name)
      const peer = await world.open(5)
      await peer.send(connectWithProperties(properties(bytes)))
      const connack = await peer.receive('connack')
      if (connack.reasonCode !== 0) throw new Error(`${name}: ${connack.reasonCode}`)
      await peer.drop()
    }
    for (const name of willPermitted) {
      const peer = await world.open(5)
      await peer.send(connectWithWillProperties(properties(propertySample(name))))
      const connack = await peer.receive('connack')
      if (connack.reasonCode !== 0) throw new Error(`${name}: ${connack.reasonCode}`)
      await peer.drop()
    }
  }),
  in5('AUTH with properties that are not valid', '4.13.1-1', (world) => {
    const method = propertySample('authenticationMethod')
    const open = async (): Promise<Peer> => {
      const peer = await connectStart(world, { clientId: 'auth',
        properties: { authenticationMethod: CHALLENGE_METHOD } })
      await peer.receive('connack')
      return peer
    }
    const broken = propertyNames.filter((name) => !authPermitted.includes(name))
      .map((name): [string, Bytes] => [name, authPacket(propertySample(name))])
    broken.push(['two methods', authPacket(method)])
    for (const name of ['authenticationData', 'reasonString'] as const) {
      broken.push([`${name} twice`, authPacket(propertySample(name), propertySample(name))])
    }
    const whole = authPacket().slice(2)
    for (let size = 1; size < whole.length; size++) broken.push([`cut to ${size}`, packet(15, 0, whole.slice(0, size))])
    return eachRefused(world, 5, broken, ERRORS, open)
  }, challenge),
  ...inBoth('packets of every type before CONNECT', '3.1.0-1', '3.1.0-1 3.14.0-1', async (world, version) => {
    for (let type = 0; type < 16; type++) {
      for (const rest of [[0], [1, 0], [2, 0, 1]]) {
        if (type === 1) continue
        const peer = await world.open(version)
        await peer.send([type << 4 | (type === 6 || type === 8 || type === 10 ? 2 : 0), ...rest])
        await peer.closed()
      }
    }
  }),
  // What else is to say of the packet, is not said.
  ...inBoth('a Topic Name that is no text in a PUBLISH again', '1.5.3-1', '1.5.4-1', async (world, version) => {
    const peer = await connect(world, { version })
    await publishStart(peer, 'a', 'p', { qos: 2, messageId: 7 })
    await peer.receive('pubrec')
    await peer.send(publishBytes(version, 4, [0xc3, 0x28], 7))
    await refused(peer, 0x81)
  }, { needs: ['FEATURE_QOS2'] }),
  in5('a Topic Name that is no text with a payload that is none', '1.5.4-1', async (world) => {
    for (const payload of [[0xff], new Array<number>(600).fill(0xff)]) {
      const peer = await connect(world)
      await peer.send(publishBytes(5, 2, [0xc3, 0x28], 7, [2, 1, 1], payload))
      await refused(peer, 0x81)
    }
  }),
  // What lies behind a packet is another's.
  in5('a PUBLISH that ends before its Property Length', '4.13.1-1', async (world) => {
    for (const behind of [0, 1]) {
      const peer = await connect(world)
      await peer.send([...packet(TYPE.publish, 2, field('a'), uint16(7)), behind, behind])
      await refused(peer, 0x81)
    }
  }),
  ...inBoth('a CONNECT that comes in pieces is waited for', '', '', async (world, version) => {
    const whole = connectBytes({ level: version })
    for (let size = 0; size < whole.length; size++) {
      const peer = await world.open(version)
      await peer.send(whole.slice(0, size))
      await peer.silence()
      await peer.send(whole.slice(size))
      await peer.receive('connack')
      await peer.drop()
    }
  }),
]
