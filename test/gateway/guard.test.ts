// Bounds for clients and addresses: rates, logins that fail, bans; and the audit that tells of them.
import { connect as connectSocket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/port/node/guard/address_key'
import { BoundedMap } from '../../src/port/node/guard/bounded_map'
import { Bucket } from '../../src/port/node/guard/bucket'
import { PacketCount } from '../../src/port/node/guard/packet_count'
import type { AuditEvent, Broker, BrokerOptions, GuardOptions } from '../../src/port/node/library/api'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import { Wire } from './wire'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

function auditOf(broker: Broker): AuditEvent[] {
  const events: AuditEvent[] = []
  broker.on('audit', (event) => events.push(event))
  return events
}

const guarded = (guard: GuardOptions, more: BrokerOptions = {}): ReturnType<typeof brokerListen> =>
  brokerListen({ guard, ...more })

const right = { username: 'anna', password: Buffer.from('right') }
const wrong = { username: 'anna', password: Buffer.from('wrong') }

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'], ['::ffff:10.0.0.1', '10.0.0.1'], ['::1', '::1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['/run/midge.sock', '/run/midge.sock'],
    ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'], ['2001:db8::/64', '2001:db8:0:0::/64'],
    ['2001:db8:0:0::/64', '2001:db8:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })

  it('do not fill the memory: what is idle goes first, then the oldest', () => {
    const map = new BoundedMap<{ isIdle: boolean }>(1_000, () => ({ isIdle: false }), ({ isIdle }) => isIdle)
    for (let i = 0; i < 100_000; i++) map.take(`a${i}`, 0)
    expect(map.size).toBe(1_000)
    expect([map.peek('a98999'), map.peek('a99000')]).toEqual([undefined, { isIdle: false }])
    map.take('a99001', 0).isIdle = true
    map.take('a99000', 0)
    map.peek('a99002')!.isIdle = true
    map.take('more', 0)
    // The one that was used again is there still.
    expect([map.peek('a99000'), map.peek('a99002')]).toEqual([{ isIdle: false }, undefined])
  })
})

describe('what is counted', () => {
  it('is so many a second, and a second\'s worth at once', () => {
    const bucket = new Bucket(10, 0)
    expect([bucket.take(10, 0), bucket.take(5, 0), bucket.take(0, 500), bucket.take(10, 1_500)]).toEqual([0, 0.5, 0, 0])
    expect([bucket.isFull(1_500), bucket.isFull(2_600)]).toEqual([false, true])
  })

  it('is packets, however they are cut, and no acknowledgements', () => {
    const packets = Buffer.from([
      0xc0, 0, 0x40, 2, 0, 1, 0x30, 0x82, 0x01, ...Array<number>(130).fill(0x30), 0x82, 3, 0, 0, 0, 0x70, 2, 0, 1,
      0xe0, 0,
    ])
    for (let size = 1; size <= packets.length; size++) {
      const counter = new PacketCount()
      let count = 0
      for (let at = 0; at < packets.length; at += size) count += counter.take(packets.subarray(at, at + size))
      expect([size, count]).toEqual([size, 4])
    }
  })
})

describe('rates', () => {
  it('have a client wait, which loses nothing and is alive meanwhile', async () => {
    const { broker, port } = await guarded({ client: { messages: 50 } })
    const audit = auditOf(broker)
    const wire = new Wire(port)
    wire.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'fast', keepalive: 1 })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    const start = performance.now()
    wire.socket.cork()
    for (let i = 1; i <= 200; i++) wire.send({ cmd: 'publish', topic: 'a', payload: 'x', qos: 1, messageId: i })
    wire.socket.uncork()
    for (let i = 1; i <= 200; i++) expect(await wire.next()).toMatchObject({ cmd: 'puback', messageId: i })
    // What comes behind is not read before three seconds are over, twice its Keep Alive.
    wire.send({ cmd: 'pingreq' })
    expect(await wire.next()).toMatchObject({ cmd: 'pingresp' })
    expect(performance.now() - start).toBeGreaterThan(2_500)
    expect(broker.statistics()['limits/messages']).toBeGreaterThan(0)
    expect(audit).toContainEqual(expect.objectContaining({ event: 'limited', why: 'messages', address: '127.0.0.1' }))
    expect(broker.clients()).toHaveLength(1)
  })

  it('end a connection with 0x96 where that is asked, and nobody else\'s', async () => {
    const { broker, url } = await guarded({ client: { messages: 5 }, excess: 'disconnect' })
    const [fast, slow] = [await connect(url, 5), await connect(url, 5)]
    const ended = new Promise((resolve) => fast.mqtt.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    for (let i = 0; i < 20; i++) fast.mqtt.publish('a', 'x')
    expect(await ended).toBe(0x96)
    await slow.publish('a', 'x', { qos: 1 })
    expect(broker.clients()).toHaveLength(1)
  })

  it('are of bytes too, and of all clients of an address together', async () => {
    const { broker, url } = await guarded({ address: { bytes: 20_000 } })
    const clients = [await connect(url, 5), await connect(url, 5)]
    const start = performance.now()
    for (let i = 0; i < 8; i++) await clients[i % 2].publish('a', 'x'.repeat(10_000), { qos: 1 })
    expect(performance.now() - start).toBeGreaterThan(700)
    expect(broker.statistics()['limits/bytes']).toBeGreaterThan(0)
  })

  it('disconnect who would wait for more than a minute', async () => {
    const { url } = await guarded({ client: { bytes: 100 } })
    const client = await connect(url, 5)
    const ended = new Promise((resolve) => client.mqtt.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    client.mqtt.publish('a', 'x'.repeat(10_000))
    expect(await ended).toBe(0x96)
  })

  it('of connections answer 0x9F, and then with nothing at all', async () => {
    const { broker, url } = await guarded({ addressConnections: 3 })
    const answers = await Promise.all(Array.from({ length: 30 }, () =>
      connect(url, 5, { connectTimeout: 5_000 }).then(() => 0, ({ code }: { code?: unknown }) => code)))
    const counted = (answer: unknown): number => answers.filter((each) => each === answer).length
    expect(counted(0)).toBeGreaterThanOrEqual(3)
    expect(counted(0x9f)).toBeGreaterThanOrEqual(3)
    expect(counted(0) + counted(0x9f)).toBeLessThan(15)
    expect(broker.statistics()['limits/connections']).toBeGreaterThan(15)
  })
})

describe('logins that fail', () => {
  it('have the next ones of the address wait, twice as long each, and then refused', async () => {
    const { broker, url } = await guarded({ delayAfter: 5 }, { users: { anna: 'right' } })
    await Promise.all(Array.from({ length: 7 }, () => expect(connect(url, 5, wrong)).rejects.toThrow()))
    expect(broker.statistics()['logins/failed']).toBe(7)
    // The first finds nobody before it; the next wait 2 and 4 seconds, and the fourth would wait for too long.
    const answers = await Promise.all(Array.from({ length: 4 }, () =>
      connect(url, 5, right).then(() => 0, ({ code }: { code: unknown }) => code)))
    expect(answers.filter((answer) => answer === 0).length).toBeGreaterThan(0)
    expect(answers).toContain(0x9f)
    expect(broker.statistics()['logins/delayed']).toBeGreaterThan(0)
  })

  it('have the address banned, for a time, which can be lifted', async () => {
    const { broker, url } = await guarded({ banAfter: 3, banSeconds: 60 }, { users: { anna: 'right' } })
    const audit = auditOf(broker)
    for (let i = 0; i < 3; i++) await expect(connect(url, 5, wrong)).rejects.toThrow()
    await expect(connect(url, 5, right)).rejects.toMatchObject({ code: 0x8a })
    // It is told once a second.
    await expect(connect(url, 5, right)).rejects.toThrow(/closed|ECONNRESET/)
    expect(broker.bans()).toMatchObject([{ address: '127.0.0.1' }])
    expect(broker.bans()[0].until - Date.now()).toBeGreaterThan(50_000)
    expect(broker.statistics()).toMatchObject({ 'bans/current': 1, 'limits/banned': 2 })
    broker.ban('127.0.0.1', 0)
    const client = await connect(url, 5, right)
    const ended = new Promise((resolve) => client.mqtt.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    broker.ban('::ffff:127.0.0.1', 1)
    expect(await ended).toBe(0x98)
    await until(() => broker.bans().length === 0)
    await connect(url, 5, right)
    const told = audit.filter(({ event }) => /ban/.test(event)).map(({ event, why }) => [event, why])
    expect(told).toEqual([['banned', '3 failed logins'], ['unbanned', undefined], ['banned', 'by hand']])
  })

  it('are no anonymous ones, nor those of a right password', async () => {
    const { broker, url } = await guarded({ banAfter: 1 }, { users: { anna: 'right' } })
    await expect(connect(url, 5)).rejects.toMatchObject({ code: 0x87 })
    await connect(url, 5, right)
    expect(broker.statistics()['logins/failed']).toBe(0)
  })
})

describe('the audit', () => {
  it('says who was let in, refused and why, and what was denied; no secret', async () => {
    const { broker, url } = await guarded({}, {
      users: { anna: 'right', otto: 'hidden' }, accessRules: [{ userName: 'anna', access: 'readwrite', filter: 'a/#' }],
    })
    const audit = auditOf(broker)
    const client = await connect(url, 5, { ...right, clientId: 'c' })
    await expect(client.publish('b/x', 'private payload', { qos: 1 })).rejects.toThrow()
    await expect(client.subscribe('b/#', { qos: 1 })).rejects.toThrow()
    await client.end()
    await expect(connect(url, 4, { ...wrong, clientId: 'd' })).rejects.toThrow()
    await until(() => audit.length >= 5)
    const c = { address: '127.0.0.1', clientIdentifier: 'c', userName: 'anna' }
    expect(audit).toEqual([
      { event: 'admitted', ...c, proof: 'password', version: '5.0' },
      { event: 'denied', ...c, action: 'publish', topic: 'b/x', reasonCode: 0x87 },
      { event: 'denied', ...c, action: 'subscribe', topic: 'b/#', reasonCode: 0x87 },
      { event: 'left', ...c },
      { event: 'refused', ...c, clientIdentifier: 'd', proof: 'password', reasonCode: 0x86 },
    ])
    expect(JSON.stringify(audit)).not.toMatch(/right|wrong|hidden|private/)
  })

  it('is not flooded: what is too much in a second is a number', async () => {
    const { broker, url } = await guarded({}, { accessRules: [{ access: 'write', filter: 'a' }] })
    const audit = auditOf(broker)
    const client = await connect(url, 5)
    for (let i = 0; i < 1_000; i++) client.mqtt.publish('b', 'x')
    await until(() => audit.some(({ event }) => event === 'suppressed'))
    expect(audit.filter(({ event }) => event === 'denied').length).toBeLessThan(400)
    const counts = (): number => audit.reduce((sum, { event, count = 0 }) => sum + (event === 'denied' ? 1 : count), 0)
    await until(() => counts() === 1_000)
  })
})

it.each<[GuardOptions, string]>([
  [{ client: { messages: 0 } }, 'guard.client.messages is 0'], [{ banAfter: 1.5 }, 'guard.banAfter is 1.5'],
  [{ excess: 'no' as 'wait' }, 'guard.excess is "no"; say wait or disconnect.'],
])('what is no bound is refused: %o', async (guard, sentence) => {
  await expect(brokerMake({ guard })).rejects.toThrow(sentence)
})

it('a connection that was banned holds no place', async () => {
  const { broker, port } = await guarded({})
  broker.ban('127.0.0.1', 60)
  const sockets = Array.from({ length: 20 }, () => connectSocket(port, '127.0.0.1').on('error', () => undefined))
  await Promise.all(sockets.slice(1).map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  expect(broker.statistics()['clients/connected']).toBeLessThanOrEqual(1)
  for (const socket of sockets) socket.destroy()
})
