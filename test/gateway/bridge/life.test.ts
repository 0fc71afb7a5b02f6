// A bridge's life: what it says of itself, when it connects and when it leaves, whom it tries, who it is.
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../../interop/mqttjs_client'
import { certificateMake, certificatesMake, hasOpenssl } from '../certificates'
import { brokerListen, until } from '../library'
import { FlakyLine } from './flaky_line'
import { bridgeTo, bridged, hear, householdEnd, isUp, numbers, wait } from './household'
import { StandIn } from './stand_in'

afterEach(async () => {
  await clientsEnd()
  await householdEnd()
})

describe('the state', () => {
  const topic = `$SYS/broker/connection/${hostname()}.up/state`

  it('is retained on both sides: 1 while it is connected, 0 when it is not, also by the Will', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '$SYS/broker/connection/#')
    const line = await FlakyLine.start(() => upper.port)
    const lower = await bridged([bridgeTo(line.port, { notifications: true, restartTimeout: 0.3 })])
    const below = await hear(lower.broker, '$SYS/broker/connection/#')
    const last = (heard: typeof above): string => heard.map(({ text }) => text).join('')
    await until(() => last(above).endsWith('1') && last(below).endsWith('1'))
    for (const { broker } of [lower, upper]) {
      const late = await hear(broker, topic)
      await until(() => late.length === 1)
      expect(late).toMatchObject([{ topic, text: '1', retain: true }])
    }
    line.cut()
    await until(() => last(above).endsWith('10') && last(below).endsWith('10'))
    await until(() => last(above).endsWith('101') && last(below).endsWith('101'))
    await lower.broker.close()
    await until(() => last(above).endsWith('1010'))
  })

  it('is said on another topic, here alone, or not at all, and is never carried as a message', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const lower = await bridged([
      bridgeTo(upper.port, { notifications: true, notificationsLocalOnly: true, notificationTopic: 'bridge/up' }),
      bridgeTo(upper.port, { name: 'quiet', topics: [{ pattern: 'quiet' }] }),
    ])
    const below = await hear(lower.broker, '#')
    await until(() => isUp(lower) && below.length > 0)
    await wait(100)
    expect(below.at(-1)).toMatchObject({ topic: 'bridge/up', text: '1' })
    expect(above).toEqual([])
  })
})

describe('a start', () => {
  it('lazy waits for messages, and leaves when it has nothing to do', async () => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port, { start: 'lazy', threshold: 3, idleTimeout: 1 })])
    for (const text of numbers(2)) await lower.broker.publish('a', text, { qos: 1 })
    await wait(1_200)
    expect(upper.connects).toBe(0)
    await lower.broker.publish('a', '2', { qos: 1 })
    await until(() => upper.messages.length === 3)
    await until(() => upper.of('disconnect').length === 1)
    expect(isUp(lower)).toBe(false)
    for (const text of numbers(3, 3)) await lower.broker.publish('a', text, { qos: 2 })
    await until(() => upper.messages.length === 6)
    expect(upper.texts).toEqual(numbers(6))
  })

  it('once tries no second time', async () => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port, { start: 'once', restartTimeout: 0.01 })])
    await until(() => isUp(lower))
    upper.cut()
    await until(() => !isUp(lower))
    await wait(200)
    expect(upper.connects).toBe(1)
  })
})

describe('addresses', () => {
  it('after the first stand in for it; round_robin stays where it is', async () => {
    for (const roundRobin of [false, true]) {
      const [first, second] = [await StandIn.start(), await StandIn.start()]
      const { port } = first
      const addresses = [{ host: '127.0.0.1', port }, { host: '127.0.0.1', port: second.port }]
      const lower = await bridged([bridgeTo(0, { addresses, roundRobin })])
      await until(() => isUp(lower))
      expect([first.connects, second.connects]).toEqual([1, 0])
      await first.end()
      await until(() => second.connects === 1 && isUp(lower))
      const back = await StandIn.start({}, port)
      second.cut()
      await until(() => back.connects === 1)
      await lower.broker.close()
    }
  })
})

describe('who the bridge is', () => {
  it('there: by its name and password', async () => {
    const upper = await brokerListen({ users: { site: 'secret' } })
    const remote = { clientIdentifier: 'me', userName: 'site', password: 'wrong' }
    const lower = await bridged([
      bridgeTo(upper.port, { remote: { ...remote, password: 'secret' } }),
      bridgeTo(upper.port, { name: 'stranger', remote: { ...remote, clientIdentifier: 'stranger' } }),
    ])
    await until(() => lower.broker.bridges()[0].isConnected)
    await until(() => lower.events.some(({ bridge, message }) => bridge === 'stranger' && /0x86/.test(message)))
    await wait(300)
    // The same of each try is said once.
    expect(lower.events.filter(({ message }) => /0x86/.test(message))).toHaveLength(1)
  })

  it('here: a user, whose rights it has, or one who may do everything', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const { broker } = await brokerListen({
      accessRules: [{ userName: 'site', access: 'readwrite', filter: 'open/#' }],
      bridges: [
        bridgeTo(upper.port, {
          local: { userName: 'site' }, topics: [{ pattern: '#', qos: 1, remotePrefix: 'user/' }],
        }),
        bridgeTo(upper.port, { name: 'all', topics: [{ pattern: '#', qos: 1, remotePrefix: 'all/' }] }),
      ],
    })
    await until(() => broker.bridges().every(({ isConnected }) => isConnected))
    for (const topic of ['open/a', 'closed/a']) await broker.publish(topic, 'x', { qos: 1 })
    await until(() => above.length >= 3)
    await wait(100)
    expect(above.map(({ topic }) => topic).sort()).toEqual(['all/closed/a', 'all/open/a', 'user/open/a'])
  })
})

describe.skipIf(!hasOpenssl)('TLS', () => {
  it('takes a broker by its authority and its name, and shows a certificate', async () => {
    const path = certificatesMake()
    const folder = join(path('ca.crt'), '..')
    writeFileSync(path('names.ext'), 'subjectAltName=DNS:localhost\n')
    certificateMake(folder, 'server', 'localhost')
    certificateMake(folder, 'client', 'site')
    const upper = await brokerListen({}, {
      tls: {
        certfile: path('server.crt'), keyfile: path('server.key'), cafile: path('ca.crt'), requireCertificate: true,
      },
      identityAsUserName: true,
    })
    const users: (string | undefined)[] = []
    upper.broker.on('connect', ({ userName }) => users.push(userName))
    const byNumber = [{ host: '127.0.0.1', port: upper.port }]
    const tls = { cafile: path('ca.crt'), certfile: path('client.crt'), keyfile: path('client.key') }
    const lower = await bridged([
      bridgeTo(0, { addresses: [{ host: 'localhost', port: upper.port }], tls }),
      bridgeTo(0, { name: 'ip', addresses: byNumber, tls }),
      bridgeTo(0, { name: 'insecure', addresses: byNumber, tls: { ...tls, insecure: true } }),
      bridgeTo(0, {
        name: 'unknown', addresses: [{ host: 'localhost', port: upper.port }], tls: { ...tls, cafile: undefined },
      }),
    ])
    const state = (): boolean[] => lower.broker.bridges().map(({ isConnected }) => isConnected)
    await until(() => state().join() === 'true,false,true,false'
      && ['ip', 'unknown'].every(name => lower.events.some(({ bridge }) => bridge === name)))
    expect(users).toEqual(['site', 'site'])
    lower.broker.certificatesReload()
    await lower.broker.publish('a', 'x', { qos: 1 })
  })
})

it('what is wrong with a bridge is said when the broker is made', async () => {
  const wrong = (options: object): Promise<unknown> => bridged([bridgeTo(1, options)])
  await expect(wrong({ addresses: [] })).rejects.toThrow('Bridge up has no address.')
  await expect(wrong({ topics: [{ pattern: '', localPrefix: 'a' }] })).rejects.toThrow('needs both prefixes')
  await expect(wrong({ topics: [{ pattern: '#', localPrefix: 'a' }] })).rejects.toThrow('a# is no Topic Filter')
  await expect(wrong({ topics: [{ pattern: '#', remotePrefix: '+/' }] })).rejects.toThrow('prefixes have wildcards')
  await expect(bridged([bridgeTo(1), bridgeTo(1)])).rejects.toThrow('Two bridges have the name up')
  await expect(wrong({ bindAddress: 'eth0' })).rejects.toThrow('eth0 is no IP address')
  await expect(wrong({ addresses: [{ host: 'a', port: 70_000 }] })).rejects.toThrow('a:70000 is no address')
  await expect(wrong({ keepAlive: 70_000 })).rejects.toThrow('keepAlive is 70000; it goes from 0 to 65535.')
  await expect(wrong({ restartTimeout: 0 })).rejects.toThrow('restartTimeout is 0; say seconds above 0')
  await expect(wrong({ restartTimeout: [5, 2] })).rejects.toThrow('the second is not smaller')
  await expect(wrong({ topics: [{ pattern: '#', qos: 3 }] })).rejects.toThrow('its QoS is 3')
  await expect(wrong({ tls: { alpn: ['x'.repeat(256)] } })).rejects.toThrow('a name of ALPN has 1 to 255 bytes')
  await expect(wrong({ tls: { cafile: '/nowhere' } })).rejects.toThrow('ENOENT')
})

it('a client of the broker is no bridge, and two bridges to one broker keep apart', async () => {
  const upper = await brokerListen()
  const lower = await bridged([
    bridgeTo(upper.port, { name: 'one', topics: [{ pattern: 'one/#', direction: 'both', qos: 2 }] }),
    bridgeTo(upper.port, { name: 'two', topics: [{ pattern: 'two/#', direction: 'both', qos: 2 }] }),
  ])
  await until(() => isUp(lower))
  expect(lower.events.filter(({ level }) => level === 'warning')).toEqual([])
  const reader = await connect(lower.url, 5)
  await reader.subscribe('#', { qos: 2 })
  for (const topic of ['one/a', 'two/a', 'three/a']) await upper.broker.publish(topic, 'x', { qos: 2 })
  await reader.received(2)
  await wait(100)
  expect(reader.messages.map(({ topic }) => topic).sort()).toEqual(['one/a', 'two/a'])
})
