// What this broker says holds for its bridges too: rights of a realm's user, what it does not retain, bounds of queues.
import { afterEach, expect, it } from 'vitest'
import type { Realm } from '../../../src/port/node/library/api'
import { brokerListen, brokerMake, until } from '../library'
import { FlakyLine } from './flaky_line'
import { bridgeTo, hear, householdEnd, numbers } from './household'

afterEach(householdEnd)

it('a user of a realm has the rights that it has there', async () => {
  const upper = await brokerListen()
  const above = await hear(upper.broker, '#')
  const house: Realm = {
    allowAnonymous: true, accessRules: [{ userName: 'site', access: 'readwrite', filter: 'open/#' }],
  }
  const broker = await brokerMake({
    bridges: [bridgeTo(upper.port, { local: { userName: 'site', realm: 'house' } })],
  }, made => made.realmsSet({ house }))
  const below = await hear(broker, '#')
  await until(() => broker.bridges()[0].isConnected)
  for (const topic of ['closed/up', 'open/up']) await broker.publish(topic, 'x', { qos: 1 })
  await until(() => above.length > 0)
  for (const topic of ['closed/down', 'open/down']) await upper.broker.publish(topic, 'x', { qos: 1 })
  await until(() => below.some(({ topic }) => topic === 'open/down'))
  expect(above.map(({ topic }) => topic).filter(topic => topic.endsWith('up'))).toEqual(['open/up'])
  expect(below.map(({ topic }) => topic)).toEqual(['closed/up', 'open/up', 'open/down'])
})

it('what is retained there comes in without the flag where this broker retains nothing', async () => {
  const upper = await brokerListen()
  await upper.broker.publish('a', 'kept', { qos: 1, retain: true })
  const { broker } = await brokerListen({ bridges: [bridgeTo(upper.port)], limits: { retain: false } })
  const below = await hear(broker, '#')
  await upper.broker.publish('a', 'new', { qos: 1, retain: true })
  await until(() => below.some(({ text }) => text === 'new'))
  expect(below.every(({ retain }) => !retain)).toBe(true)
  expect(broker.bridges()[0]).toMatchObject({ isConnected: true, connects: 1 })
})

it('0 is no limit of what is queued, for a bridge as for all', async () => {
  const upper = await brokerListen()
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  for (const [queuedMessages, all] of [[0, 10], [undefined, 0]]) {
    const { broker } = await brokerListen({
      bridges: [bridgeTo(line.port, { queuedMessages })], limits: { queuedMessages: all },
    })
    await Promise.all(numbers(10_100).map(text => broker.publish('a', text, { qos: 1 })))
    expect(broker.bridges()[0].queued).toBe(10_100)
  }
})
