// Several gateways that are one broker, on a real engine.
import type { IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { ClusterWorld } from './cluster_world'
import { KEPT, PATIENCE, User } from './user'

const REFERENCE = 'gateway.example:1883'
const world = new ClusterWorld()
const users: User[] = []

async function user (gateway: number, name: string, options?: IClientOptions): Promise<User> {
  const made = await User.connect(world.gateways[gateway].port, name, options)
  users.push(made)
  return made
}

const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, PATIENCE)

/** Publishes through another gateway until a subscriber at QoS 0 has it: its filter has to get about. */
async function reached (sender: User, topic: string, reader: User): Promise<void> {
  await until(async () => {
    await sender.client.publishAsync(topic, 'probe', { qos: 0 })
    expect(reader.came.some(came => came.topic === topic)).toBe(true)
  })
}

describe.skipIf(natsMissing)(`several gateways ${natsMissing}`, () => {
  beforeAll(() => world.start(3, 3, '--cluster-name', 'test-1', '--cluster-reference', REFERENCE))
  afterAll(async () => {
    for (const one of users) one.cut()
    await world.stop()
  })

  it.each(['a/b', '/', 'a//b', '/a', 'with space.and*stars>/%', 'grüße/日本', '$own/topic'])(
    'carry %s from one to another at each QoS', async topic => {
      const reader = await user(0, `r ${topic}`)
      const sender = await user(1, `s ${topic}`)
      await reader.client.subscribeAsync(topic, { qos: 2 })
      await reached(sender, topic, reader)
      for (const qos of [1, 2] as const) await sender.client.publishAsync(topic, `at ${qos}`, { qos })
      await until(() => expect(reader.payloads.filter(payload => payload !== 'probe')).toEqual(['at 1', 'at 2']))
      expect(reader.came.every(came => came.topic === topic)).toBe(true)
    })

  it('carry topics that are longer than a line of the engine, at each QoS', async () => {
    const topic = `long/${'x'.repeat(65_000)}`
    const reader = await user(0, 'long-r')
    const sender = await user(1, 'long-s')
    await reader.client.subscribeAsync([topic, `${topic}/#`], { qos: 1 })
    await reached(sender, topic, reader)
    await sender.client.publishAsync(topic, 'at 1', { qos: 1 })
    await until(() => expect(reader.payloads.filter(payload => payload !== 'probe')).toEqual(['at 1']))
    expect(await world.metric('midge_cluster_ready')).toEqual([1, 1, 1])
  })

  it('carry a message at QoS 0 once, however many filters of a gateway match it', async () => {
    const [one, two] = [await user(0, 'overlap-1'), await user(0, 'overlap-2')]
    const sender = await user(2, 'overlap-s')
    await one.client.subscribeAsync(['over/#', 'over/+', 'over/lap'], { qos: 0 })
    await two.client.subscribeAsync('+/lap', { qos: 0 })
    await reached(sender, 'over/lap', two)
    await reached(sender, 'over/lap', one)
    for (let i = 0; i < 20; i++) sender.client.publish('over/lap', `n${i}`)
    await sender.client.publishAsync('over/lap', 'last')
    await until(() => expect([one, two].every(({ payloads }) => payloads.includes('last'))).toBe(true))
    for (const { payloads } of [one, two]) {
      expect(payloads.filter(payload => payload.startsWith('n'))).toEqual(Array.from({ length: 20 }, (_, i) => `n${i}`))
    }
  })

  it('keep to No Local, and to the properties of a message', async () => {
    const reader = await user(0, 'properties')
    const sender = await user(1, 'properties-s')
    await reader.client.subscribeAsync('props', { qos: 1 })
    const properties: object[] = []
    reader.client.on('message', (_topic, _payload, packet) => properties.push(packet.properties!))
    await sender.client.subscribeAsync('props', { qos: 1, nl: true })
    await sender.client.publishAsync('props', 'x', {
      qos: 1, properties: { contentType: 'text', userProperties: { a: 'b' }, messageExpiryInterval: 100 },
    })
    await until(() => expect(reader.payloads).toEqual(['x']))
    expect(properties[0]).toMatchObject({ contentType: 'text', userProperties: { a: 'b' } })
    expect((properties[0] as { messageExpiryInterval: number }).messageExpiryInterval).toBeGreaterThan(90)
    expect(sender.came).toEqual([])
  })

  it('retain the same, the newest of two writers, and nothing where it was taken away', async () => {
    const [one, two] = [await user(0, 'writer-1'), await user(1, 'writer-2')]
    await one.client.publishAsync('kept/a', 'old', { qos: 1, retain: true })
    await two.client.publishAsync('kept/a', 'new', { qos: 2, retain: true })
    await one.client.publishAsync('kept/b', 'gone', { qos: 1, retain: true })
    await two.client.publishAsync('kept/b', '', { qos: 1, retain: true })
    for (const gateway of [0, 1, 2]) {
      const reader = await user(gateway, `reader-${gateway}`)
      await reader.client.subscribeAsync('kept/#', { qos: 1 })
      await until(() => expect(reader.payloads).toEqual(['new']))
    }
  })

  it('let a session go where its client goes, with what it is owed, and end it where it was', async () => {
    const sender = await user(1, 'roam-s')
    const first = await user(0, 'roamer', KEPT)
    await first.client.subscribeAsync('roam/#', { qos: 2 })
    const second = await user(2, 'roamer', KEPT)
    await until(() => expect(first.disconnect?.reasonCode).toBe(0x8e))
    expect(second.isSessionPresent).toBe(true)
    await second.leave()
    for (const qos of [1, 2] as const) await sender.client.publishAsync('roam/away', `away ${qos}`, { qos })
    const third = await user(1, 'roamer', KEPT)
    expect(third.isSessionPresent).toBe(true)
    await until(() => expect(third.payloads).toEqual(['away 1', 'away 2']))
    await sender.client.publishAsync('roam/here', 'here', { qos: 1 })
    await until(() => expect(third.payloads).toEqual(['away 1', 'away 2', 'here']))
    const fresh = await user(0, 'roamer', { clean: true })
    expect(fresh.isSessionPresent).toBe(false)
  })

  it('publish the Wills of a gateway that was killed, and go on with its sessions', async () => {
    const reader = await user(0, 'will-r')
    await reader.client.subscribeAsync('wills/#', { qos: 1 })
    const will = (payload: string, delay: number): object =>
      ({ topic: `wills/${payload}`, payload, qos: 1, properties: { willDelayInterval: delay } })
    await user(2, 'will-now', { will: will('now', 0) as never })
    await user(2, 'will-later', { ...KEPT, will: will('later', 2) as never })
    const back = await user(2, 'will-back', { ...KEPT, will: will('back', 30) as never })
    await back.client.subscribeAsync('owed', { qos: 2 })
    await world.gatewayEnd(2, 'SIGKILL')
    await reader.client.publishAsync('owed', 'owed', { qos: 2 })
    const again = await user(1, 'will-back', KEPT)
    expect(again.isSessionPresent).toBe(true)
    await until(() => expect(again.payloads).toEqual(['owed']))
    await until(() => expect(reader.payloads).toEqual(['now', 'later']))
    await world.gatewayStart(2)
  })

  it('go on with one that is stopped, which begins anew when it is let go', async () => {
    const sender = await user(0, 'stopped-s')
    const sleeper = await user(2, 'sleeper', KEPT)
    await sleeper.client.subscribeAsync('asleep', { qos: 2 })
    world.gateways[2].signal('SIGSTOP')
    await sender.client.publishAsync('asleep', 'while it slept', { qos: 2 })
    const again = await user(1, 'sleeper', KEPT)
    expect(again.isSessionPresent).toBe(true)
    await until(() => expect(again.payloads).toEqual(['while it slept']))
    const isCut = new Promise<void>(resolve => sleeper.client.once('close', () => resolve()))
    world.gateways[2].signal('SIGCONT')
    await isCut
    expect(sleeper.payloads).toEqual([])
    await until(() => expect(world.gateways[2].lines.join()).toContain('another gateway goes on with the sessions of'))
    const fresh = await user(2, 'stopped-f')
    await fresh.client.publishAsync('asleep', 'later', { qos: 2 })
    await until(() => expect(again.payloads).toEqual(['while it slept', 'later']))
  })

  it('send clients to another one when they are drained, which has their sessions', async () => {
    const leaver = await user(2, 'drained', KEPT)
    await leaver.client.subscribeAsync('drained', { qos: 1 })
    world.gateways[2].signal('SIGUSR1')
    await until(() => expect(leaver.disconnect).toMatchObject({
      reasonCode: 0x9c, properties: { serverReference: REFERENCE },
    }))
    await world.gatewayEnd(2, 'SIGUSR2')
    const again = await user(0, 'drained', KEPT)
    expect(again.isSessionPresent).toBe(true)
  })
})

describe.skipIf(natsMissing)(`a gateway whose engine is away ${natsMissing}`, () => {
  const lonely = new ClusterWorld()
  const health = async (): Promise<Response> => fetch(`http://127.0.0.1:${lonely.gateways[0].metricsPort}/health`)
  afterAll(() => lonely.stop())

  it('refuses QoS 1 and 2 and new clients, says so, goes on at QoS 0, and recovers by itself', async () => {
    await lonely.start(1, 1, '--cluster-reference', 'gateway.example:1883')
    const { port } = lonely.gateways[0]
    const [one, two] = [await User.connect(port, 'one'), await User.connect(port, 'two')]
    await one.client.subscribeAsync('x', { qos: 2 })
    expect((await health()).status).toBe(200)
    await lonely.servers.end(0, 'SIGKILL')
    await until(async () => expect((await health()).status).toBe(503))
    expect(await lonely.metric('midge_cluster_ready')).toEqual([0])
    expect(lonely.gateways[0].lines.join()).toContain('does not answer: QoS 1 and 2 are refused')
    for (const qos of [1, 2] as const) {
      await expect(two.client.publishAsync('x', 'refused', { qos })).rejects.toMatchObject({ code: 0x97 })
    }
    await expect(User.connect(port, 'three')).rejects.toMatchObject({ code: 0x88 })
    await two.client.publishAsync('x', 'quick', { qos: 0 })
    await until(() => expect(one.payloads).toEqual(['quick']))
    await lonely.servers.run(0)
    await until(async () => expect((await health()).status).toBe(200))
    await two.client.publishAsync('x', 'again', { qos: 2 })
    await until(() => expect(one.payloads).toEqual(['quick', 'again']))
    for (const each of [one, two]) each.cut()
  })
})
