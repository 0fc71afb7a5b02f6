// mount_point and use_username_as_clientid: what clients see is what they see of mosquitto.
import { afterEach, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { type Version } from '../support/peer'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { programsEnd } from '../interop/program'
import { type Broker, hasMosquitto, start } from './beside'
import { brokerListen, brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const versions: Version[] = [4, 5]
const brokers: Broker[] = hasMosquitto ? ['midge', 'mosquitto'] : ['midge']

/** mosquitto 2.0.11 leaves it in front of what it sends, and ends no subscription: mended since. */
const seenBy = (broker: Broker, topic: string): string => broker === 'mosquitto' ? topic.replace(/^house\//, '') : topic

describe.each(brokers)('%s', (broker) => {
  it('mount_point stands in front of topics, Wills and filters, and the client does not see it', async () => {
    const { ports } = await start(broker, folderMake(), `
      allow_anonymous true
      listener PORT_A
      mount_point house/
      listener PORT_B`)
    for (const version of versions) {
      const [inside, outside] = await Promise.all([ports.PORT_A, ports.PORT_B].map((port) =>
        connect(`mqtt://127.0.0.1:${port}`, version)))
      await inside.subscribe(['lamp/+', '$SYS/#'], { qos: 1 })
      await outside.subscribe('#', { qos: 1 })
      await inside.publish('lamp/1', 'on', { qos: 1, retain: true })
      await outside.publish('lamp/1', 'not there', { qos: 1 })
      await outside.publish('house/lamp/2', 'off', { qos: 2 })
      await inside.received(2)
      await outside.received(3)
      expect(inside.messages.map(({ topic, payload }) => `${seenBy(broker, topic)} ${payload}`))
        .toEqual(['lamp/1 on', 'lamp/2 off'])
      expect(outside.messages.map(({ topic }) => topic)).toEqual(['house/lamp/1', 'lamp/1', 'house/lamp/2'])
      const will = { topic: 'lamp/will', payload: Buffer.from('gone'), qos: 1 as const }
      await (await connect(`mqtt://127.0.0.1:${ports.PORT_A}`, version, { will })).cut()
      await inside.received(3)
      await outside.received(4)
      expect([seenBy(broker, inside.messages[2].topic), outside.messages[3].topic])
        .toEqual(['lamp/will', 'house/lamp/will'])
      await inside.mqtt.unsubscribeAsync('lamp/+')
      await outside.publish('house/lamp/2', 'nobody hears', { qos: 1 })
      const late = await connect(`mqtt://127.0.0.1:${ports.PORT_A}`, version)
      await late.subscribe('#', { qos: 0 })
      await late.received(1)
      expect(seenBy(broker, late.messages[0].topic)).toBe('lamp/1')
      if (broker === 'midge') expect(inside.messages).toHaveLength(3)
      await late.publish('lamp/1', '', { qos: 1, retain: true })
      await Promise.all([inside, outside, late].map((client) => client.end()))
    }
  })

  it('use_username_as_clientid takes the name, so that a user is there once', async () => {
    const folder = folderMake({ users: `anna:${passwordHash('secret', false)}\n` })
    const { ports } = await start(broker, folder, `
      password_file @/users
      allow_anonymous true
      listener PORT_A
      use_username_as_clientid true`)
    const url = `mqtt://127.0.0.1:${ports.PORT_A}`
    for (const version of versions) {
      const anna = { username: 'anna', password: Buffer.from('secret') }
      const first = await connect(url, version, { ...anna, clientId: 'one' })
      const ended = new Promise((resolve) => first.mqtt.once('close', () => resolve('taken over')))
      const second = await connect(url, version, { ...anna, clientId: 'two' })
      expect(await ended).toBe('taken over')
      await expect(connect(url, version)).rejects.toMatchObject({ code: version > 4 ? 0x87 : 5 })
      // Who does not know the password takes nothing over.
      await expect(connect(url, version, { ...anna, password: Buffer.from('x') })).rejects.toThrow()
      await second.publish('a', 'still here', { qos: 1 })
      await second.end()
    }
  })
})

it('shared subscriptions, aliases and large messages pass a mount point', async () => {
  const { broker, url } = await brokerListen({}, { mountPoint: 'house/' })
  const plain = await broker.listen({ port: 0 })
  const reader = await connect(url, 5, { properties: { topicAliasMaximum: 10 } })
  await reader.subscribe('$share/g/a/+', { qos: 1 })
  const sender = await connect(url, 5, { autoAssignTopicAlias: true, properties: { topicAliasMaximum: 10 } })
  const watcher = await connect(`mqtt://127.0.0.1:${plain}`, 5)
  await watcher.subscribe('house/a/b', { qos: 0 })
  const payload = Buffer.alloc(1_000_000, 'x')
  for (let i = 0; i < 3; i++) await sender.publish('a/b', payload, { qos: 1 })
  await reader.received(3)
  await watcher.received(3)
  expect(reader.messages.every((message) => message.payload.equals(payload))).toBe(true)
  expect([...reader.messages.map(({ topic }) => topic), ...watcher.messages.map(({ topic }) => topic)])
    .toEqual(['a/b', 'a/b', 'a/b', 'house/a/b', 'house/a/b', 'house/a/b'])
  // A topic that does not fit behind the mount point is none.
  const closed = new Promise((resolve) => sender.mqtt.once('close', () => resolve('closed')))
  void sender.publish('x'.repeat(65_535), '', { qos: 1 }).catch(() => undefined)
  expect(await closed).toBe('closed')
})
