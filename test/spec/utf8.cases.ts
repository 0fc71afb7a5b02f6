import { equal } from 'node:assert/strict'
import { connectBytes, field, packet, properties, property, publishBytes, TYPE, uint16,
  type Bytes } from '../support/bytes'
import { connect, connectFailed, publish, receivePublish, refused, subscribe } from '../support/client'
import type { Version } from '../support/peer'
import type { World } from '../support/world'
import { in5, inBoth, type Case } from './case'

/** Bytes that are no UTF-8 string of MQTT. */
const ILL_FORMED: Bytes[] = [
  [0x61, 0x00], // U+0000
  [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], // surrogates
  [0xc3, 0x28], [0x80], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xf0, 0x9f, 0x92], // broken sequences
  [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], // longer than needed
  [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], // above U+10FFFF
]

const MALFORMED = 0x81

/** A CONNECT with one ill-formed field each time: closed without being accepted. */
async function connectWithEach(world: World, version: Version,
  parts: (bad: Bytes) => Parameters<typeof connectBytes>[0]) {
  for (const bad of ILL_FORMED) {
    const peer = await world.open(version)
    await peer.send(connectBytes({ level: version, ...parts(bad) }))
    await connectFailed(peer, MALFORMED)
  }
}

/** A packet with one ill-formed field each time: closed as malformed. */
async function sendWithEach(world: World, version: Version, bytes: (bad: Bytes) => Bytes) {
  for (const bad of ILL_FORMED) {
    const peer = await connect(world, { version })
    await peer.send(bytes(bad))
    await refused(peer, MALFORMED)
  }
}

const noProperties = (version: Version): Bytes => version === 5 ? [0] : []

export const utf8Cases: Case[] = [
  ...inBoth('an ill-formed Client Identifier', '1.5.3-1 1.5.3-2 3.1.3-4', '1.5.4-1 1.5.4-2 3.1.3-4',
    (world, version) => connectWithEach(world, version, (bad) => ({ payload: field(bad) }))),
  ...inBoth('an ill-formed Will Topic', '1.5.3-1 3.1.3-10', '1.5.4-1 3.1.3-11',
    (world, version) => connectWithEach(world, version, (bad) => (
      { flags: 0x06, payload: [...field('c'), ...noProperties(version), ...field(bad), ...field('')] }))),
  ...inBoth('an ill-formed User Name', '1.5.3-1 3.1.3-11', '1.5.4-1 3.1.3-12',
    (world, version) => connectWithEach(world, version, (bad) =>
      ({ flags: 0x82, payload: [...field('c'), ...field(bad)] }))),
  ...inBoth('an ill-formed Topic Name', '1.5.3-1 1.5.3-2 3.3.2-1 4.7.3-2', '1.5.4-1 1.5.4-2 3.3.2-1 4.7.3-2',
    (world, version) => sendWithEach(world, version, (bad) => publishBytes(version, 0, bad))),
  ...inBoth('an ill-formed Topic Filter in SUBSCRIBE', '1.5.3-1 3.8.3-1 4.7.3-2', '1.5.4-1 3.8.3-1 4.7.3-2',
    (world, version) => sendWithEach(world, version, (bad) => (
      packet(TYPE.subscribe, 2, uint16(1), noProperties(version), field(bad), [0])))),
  ...inBoth('an ill-formed Topic Filter in UNSUBSCRIBE', '1.5.3-1 3.10.3-1 4.7.3-2', '1.5.4-1 3.10.3-1 4.7.3-2',
    (world, version) => sendWithEach(world, version, (bad) => (
      packet(TYPE.unsubscribe, 2, uint16(1), noProperties(version), field(bad))))),

  in5('an ill-formed name or value of a User Property', '1.5.7-1', async (world) => {
    await sendWithEach(world, 5, (bad) => publishBytes(5, 0, 'a', undefined,
      properties([0x26, ...field(bad), ...field('b')])))
    await sendWithEach(world, 5, (bad) => publishBytes(5, 0, 'a', undefined,
      properties([0x26, ...field('a'), ...field(bad)])))
  }),
  in5('an ill-formed Response Topic', '3.3.2-13', (world) =>
    sendWithEach(world, 5, (bad) => publishBytes(5, 0, 'a', undefined, properties(property('responseTopic', bad))))),
  in5('an ill-formed Content Type', '3.3.2-19', (world) =>
    sendWithEach(world, 5, (bad) => publishBytes(5, 0, 'a', undefined, properties(property('contentType', bad))))),

  ...inBoth('a byte order mark is a character', '1.5.3-3', '1.5.4-3', async (world, version) => {
    const peer = await connect(world, { version })
    await subscribe(peer, ['\uFEFFa', 'b\uFEFF'])
    await publish(peer, '\uFEFFa', '1')
    await publish(peer, 'a', '2')
    await publish(peer, 'b\uFEFF', '3')
    await publish(peer, 'b', '4')
    equal((await receivePublish(peer)).topic, '\uFEFFa')
    equal((await receivePublish(peer)).topic, 'b\uFEFF')
    await peer.silence()
  }),
  // Section 3.3.2.3.2: well-formed as Unicode has it; what strings must not have, a payload may.
  in5('U+0000 in a payload that is said to be text', '', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, 'a')
    const text = { payloadFormatIndicator: true }
    equal(await publish(peer, 'a', 'x\0y', { qos: 1, properties: text }), 0)
    equal((await receivePublish(peer)).payload.toString(), 'x\0y')
    await connect(world, { will: { topic: 'a', payload: Buffer.from('\0'), qos: 0, retain: false, properties: text } })
  }),
  ...inBoth('the ends of every range of code points', '1.5.3-1 4.7.3-4', '1.5.4-1 4.7.3-4', async (world, version) => {
    const peer = await connect(world, { version })
    for (const point of [0x20, 0x7e, 0xa0, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0x1_0000, 0x10_fffd]) {
      const topic = `x${String.fromCodePoint(point)}`
      await subscribe(peer, topic)
      await publish(peer, topic, 'p')
      equal((await receivePublish(peer)).topic, topic)
    }
  }),
  ...inBoth('topics are compared without normalisation', '4.7.3-4', '4.7.3-4', async (world, version) => {
    const peer = await connect(world, { version })
    await subscribe(peer, ['\u00e9', 'A/b'])
    for (const topic of ['e\u0301', 'a/b', 'A/B', 'A//b', '/A/b', 'A/b/', ' A/b']) await publish(peer, topic, 'no')
    await publish(peer, '\u00e9', 'yes')
    equal((await receivePublish(peer)).payload.toString(), 'yes')
    await peer.silence()
  }),
]
