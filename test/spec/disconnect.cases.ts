import { deepEqual, equal } from 'node:assert/strict'
import { field, packet, publishBytes, TYPE, uint16 } from '../support/bytes'
import { connect, connectSend, disconnect, publish, receivePublish, refused, subscribe } from '../support/client'
import { in5, inBoth, type Case } from './case'

const MALFORMED = 0x81
const SERVER_SHUTTING_DOWN = 0x8b

export const disconnectCases: Case[] = [
  ...inBoth('PINGREQ is answered', '3.12.4-1', '3.12.4-1', async (world, version) => {
    const peer = await connect(world, { version })
    const before = peer.raw.length
    for (let round = 0; round < 3; round++) await peer.send([0xc0, 0])
    await peer.drain()
    deepEqual([...peer.raw.subarray(before)], [0xd0, 0, 0xd0, 0, 0xd0, 0])
  }),
  ...inBoth('PINGREQ with flags or a payload', '2.2.2-2 4.8.0-1', '2.1.3-1 4.13.1-1', async (world, version) => {
    for (const bytes of [[0xc1, 0], [0xc2, 0], [0xc8, 0], [0xc0, 1, 0]]) {
      const peer = await connect(world, { version })
      await peer.send(bytes)
      await refused(peer, MALFORMED)
    }
  }),
  ...inBoth('DISCONNECT ends the connection, and what follows it is not processed', '4.8.0-1', '3.14.4-1 3.14.4-2',
    async (world, version) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, '#')
    const peer = await connect(world, { version })
    await peer.send([...packet(TYPE.disconnect, 0), ...publishBytes(version, 0, 'a')])
    await peer.closed()
    await watcher.silence()
  }),
  in5('DISCONNECT with a Reason Code that it does not have', '3.14.2-1 3.14.4-3', async (world) => {
    const watcher = await connect(world)
    await subscribe(watcher, 'gone')
    for (const code of [0x01, 0x02, 0x03, 0x05, 0x10, 0x7f, 0x84, 0x87, 0x8b, 0x9a, 0xa0, 0xff]) {
      const peer = await connect(world, { will: { topic: 'gone', payload: Buffer.from('w'), qos: 0, retain: false } })
      await peer.send(packet(TYPE.disconnect, 0, [code]))
      await refused(peer, MALFORMED)
      equal((await receivePublish(watcher)).topic, 'gone')
    }
  }, { needs: ['FEATURE_WILL'] }),
  in5('every Reason Code with which a client may disconnect, and 0x00 alone discards the Will', '3.14.2-1 3.14.4-3',
    async (world) => {
    const watcher = await connect(world)
    await subscribe(watcher, 'gone')
    const codes = [
      0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
    ]
    for (const code of codes) {
      const peer = await connect(world, { will: { topic: 'gone', payload: Buffer.from('w'), qos: 0, retain: false } })
      await peer.send(packet(TYPE.disconnect, 0, [code]))
      await peer.closed()
      if (code) equal((await receivePublish(watcher)).topic, 'gone')
      else await watcher.silence()
    }
  }, { needs: ['FEATURE_WILL'] }),
  in5('acknowledgements with a Reason Code that they do not have', '3.4.2-1 3.5.2-1 3.6.2-1 3.7.2-1', async (world) => {
    const wrong = [
      [TYPE.puback, 0, 0x92], [TYPE.puback, 0, 0x11], [TYPE.pubrec, 0, 0x92], [TYPE.pubrel, 2, 0x10],
      [TYPE.pubrel, 2, 0x80], [TYPE.pubcomp, 0, 0x97],
    ]
    for (const [type, flags, code] of wrong) {
      const peer = await connect(world)
      await peer.send(packet(type, flags, uint16(1), [code]))
      await refused(peer, MALFORMED)
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('DISCONNECT with reserved bits', '3.14.1-1 2.2.2-2', '3.14.1-1 2.1.3-1', async (world, version) => {
    for (const flags of [1, 2, 4, 8]) {
      const peer = await connect(world, { version })
      await peer.send(packet(TYPE.disconnect, flags))
      await refused(peer, MALFORMED)
    }
  }),
  ...inBoth('DISCONNECT with reserved bits does not discard the Will Message', '3.14.1-1', '3.14.1-1', async (
    world, version,
  ) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, 'will')
    const peer = await connect(world, { version, will: { topic: 'will', payload: 'p', qos: 0 } })
    await peer.send(packet(TYPE.disconnect, 1))
    await refused(peer, MALFORMED)
    await receivePublish(watcher)
  }, { needs: ['FEATURE_WILL'] }),
  in5('DISCONNECT in its short and long forms', '3.14.4-3', async (world) => {
    const watcher = await connect(world)
    await subscribe(watcher, 'will')
    for (const bytes of [[0xe0, 0], [0xe0, 1, 0], [0xe0, 2, 0, 0], [0xe0, 7, 0, 5, 0x1f, 0, 2, 0x6f, 0x6b]]) {
      const peer = await connect(world, { will: { topic: 'will', payload: 'p', qos: 0 } })
      await peer.send(bytes)
      await peer.closed()
      await watcher.silence()
    }
  }),
  in5('DISCONNECT with a Reason Code that a client does not have', '4.13.1-1', async (world) => {
    for (const reasonCode of [0x01, 0x05, 0x10, 0x8b, 0x8e, 0xff]) {
      const peer = await connect(world)
      await peer.send(packet(TYPE.disconnect, 0, [reasonCode]))
      await peer.drain()
      await peer.closed()
    }
  }),
  in5('a DISCONNECT of the broker is its last packet and closes', '3.14.4-1 3.14.4-2 4.13.2-1 3.14.2-1 3.14.2-2',
    async (world) => {
    const peer = await connect(world)
    await subscribe(peer, '#')
    await peer.send([...publishBytes(5, 0, '#'), ...publishBytes(5, 0, 'a'), 0xc0, 0])
    const packets = await peer.drain()
    deepEqual(packets.map(({ cmd, reasonCode }) => [cmd, reasonCode]), [['disconnect', 0x90]])
    equal((packets[0].properties as Record<string, unknown> | undefined)?.sessionExpiryInterval, undefined)
    await peer.closed()
    const sender = await connect(world)
    await publish(sender, 'a', 'p')
    await peer.closed()
  }),
  in5('no DISCONNECT of the broker has a Session Expiry Interval', '3.14.2-2', async (world) => {
    const first = await connect(world, { clientId: 'c', properties: { sessionExpiryInterval: 100 } })
    const second = await connect(world, { clientId: 'c', properties: { sessionExpiryInterval: 100 } })
    const takenOver = await first.receive('disconnect')
    await connectSend(second, { clientId: 'c' })
    const protocolError = await second.receive('disconnect')
    for (const { properties } of [takenOver, protocolError]) {
      equal((properties as Record<string, unknown> | undefined)?.sessionExpiryInterval, undefined)
    }
  }),
  ...inBoth('the broker shuts down', '', '3.14.2-1 4.13.2-1', async (world, version) => {
    const peers = [await connect(world, { version }), await connect(world, { version })]
    await world.stop(SERVER_SHUTTING_DOWN)
    for (const peer of peers) await refused(peer, SERVER_SHUTTING_DOWN)
  }),
  ...inBoth('packets that only a broker sends', '4.8.0-1', '4.13.1-1', async (world, version) => {
    const none = version === 5 ? [0] : []
    const bytes = [
      packet(TYPE.connack, 0, [0, 0], none), packet(TYPE.suback, 0, uint16(1), none, [0]),
      packet(TYPE.unsuback, 0, uint16(1), none, version === 5 ? [0] : []), packet(TYPE.pingresp, 0), [0, 0],
    ]
    const bystander = await connect(world, { version })
    for (const one of bytes) {
      const peer = await connect(world, { version })
      await peer.send(one)
      await refused(peer, 0x82, MALFORMED)
    }
    await bystander.silence()
  }),
  ...inBoth('flags of PUBREL', '3.6.1-1 2.2.2-2', '3.6.1-1 2.1.3-1', async (world, version) => {
    for (const flags of [0, 1, 3, 4, 8, 15]) {
      const peer = await connect(world, { version })
      await peer.send(packet(TYPE.pubrel, flags, uint16(1)))
      await refused(peer, MALFORMED)
    }
  }),
  ...inBoth('flags of CONNECT, PUBACK, PUBREC and PUBCOMP', '2.2.2-1 2.2.2-2', '2.1.3-1', async (world, version) => {
    for (const type of [TYPE.puback, TYPE.pubrec, TYPE.pubcomp]) {
      for (const flags of [1, 2, 4, 8]) {
        const peer = await connect(world, { version })
        await peer.send(packet(type, flags, uint16(1)))
        await refused(peer, MALFORMED)
      }
    }
    const peer = await world.open(version)
    await peer.send(packet(TYPE.connect, 1, field('MQTT'), [version, 2, 0, 0], version === 5 ? [0] : [], field('c')))
    await peer.closed()
  }),
  ...inBoth('one client\'s error is nobody else\'s', '4.8.0-1', '4.13.1-1', async (world, version) => {
    const bystander = await connect(world, { version })
    await subscribe(bystander, { topic: 'a', qos: 1 })
    for (let round = 0; round < 10; round++) {
      const peer = await connect(world, { version })
      await peer.send([0xf0 + round, 0xff, 0xff, 0xff, 0xff, 0xff])
      await peer.drain()
      await peer.closed()
    }
    await publish(bystander, 'a', 'p', { qos: 1 }).catch(() => 0)
    await disconnect(await connect(world, { version }))
  }),
  ...inBoth('a Remaining Length that is longer than needed or too long', '4.8.0-1', '1.5.5-1 4.13.1-1', async (
    world, version,
  ) => {
    for (const bytes of [[0xc0, 0x80, 0x00], [0xc0, 0x80, 0x80, 0x00], [0xc0, 0x80, 0x80, 0x80, 0x00],
      [0xc0, 0x80, 0x80, 0x80, 0x80],
      [0xc0, 0xff, 0xff, 0xff, 0xff, 0x7f]]) {
      const peer = await connect(world, { version })
      await peer.send(bytes)
      await refused(peer, MALFORMED)
    }
  }),
]
