// Retained messages: which of the two sides sends them anew, and when.
import { afterEach, expect, it } from 'vitest'
import { brokerListen, until } from '../library'
import { FlakyLine } from './flaky_line'
import { bridgeTo, bridged, hear, householdEnd, isUp, numbers, wait } from './household'

afterEach(householdEnd)

it('retained messages go out where the other broker has no session for the bridge, and not again', async () => {
  const upper = await brokerListen()
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const lower = await bridged([bridgeTo(line.port, { topics: [{ pattern: '#', direction: 'out', qos: 1 }] })])
  for (const text of numbers(20)) await lower.broker.publish(`kept/${text}`, text, { qos: 1, retain: true })
  line.fault = 'none'
  await until(() => upper.broker.statistics()['retained messages/count'] === 20)
  await until(() => lower.broker.bridges()[0].queued === 0)
  const above = await hear(upper.broker, 'live')
  const { sent } = lower.broker.bridges()[0]
  line.cut()
  await until(() => lower.broker.bridges()[0].connects === 2)
  await lower.broker.publish('live', 'x', { qos: 1 })
  // It is counted when it is acknowledged.
  await until(() => above.length === 1 && lower.broker.bridges()[0].sent > sent)
  expect(lower.broker.bridges()[0].sent).toBe(sent + 1)
})

it('retained messages go out with each connection where what waits is not kept here', async () => {
  const upper = await brokerListen()
  const above = await hear(upper.broker, '#')
  const line = await FlakyLine.start(() => upper.port)
  const lower = await bridged([bridgeTo(line.port, {
    localCleanSession: true, topics: [{ pattern: '#', direction: 'out', qos: 1 }],
  })])
  await until(() => isUp(lower))
  line.fault = 'refused'
  line.cut()
  await until(() => !isUp(lower))
  await lower.broker.publish('kept', 'x', { qos: 1, retain: true })
  line.fault = 'none'
  await until(() => above.length > 0)
  expect(above).toMatchObject([{ topic: 'kept', text: 'x' }])
})

it('what is retained there comes in again where this broker has forgotten it, and else does not', async () => {
  const upper = await brokerListen()
  for (const text of numbers(5)) await upper.broker.publish(`kept/${text}`, text, { qos: 1, retain: true })
  const remote = { clientIdentifier: 'me' }
  const line = await FlakyLine.start(() => upper.port)
  const bridge = bridgeTo(line.port, { remote, topics: [{ pattern: '#', direction: 'in', qos: 1 }] })
  for (let round = 0; round < 2; round++) {
    const lower = await bridged([bridge])
    await until(() => lower.broker.bridges()[0].received === 5)
    // What there is no acknowledgement of would come again.
    await wait(100)
    line.cut()
    await until(() => lower.broker.bridges()[0].connects === 2)
    await wait(100)
    expect(lower.broker.bridges()[0].received).toBe(5)
    await lower.broker.close()
  }
})

it('a retained message of there does not take the place of a newer one that waits here', async () => {
  const upper = await brokerListen()
  const line = await FlakyLine.start(() => upper.port)
  const lower = await bridged([bridgeTo(line.port)])
  await until(() => isUp(lower))
  await lower.broker.publish('kept', 'old', { qos: 1, retain: true })
  await until(() => upper.broker.statistics()['retained messages/count'] === 1)
  line.fault = 'refused'
  line.cut()
  await until(() => !isUp(lower))
  await lower.broker.publish('kept', 'new', { qos: 1, retain: true })
  line.fault = 'none'
  await until(() => isUp(lower) && lower.broker.bridges()[0].queued === 0)
  await wait(100)
  for (const { broker } of [lower, upper]) {
    const late = await hear(broker, 'kept')
    await until(() => late.length > 0)
    expect(late[0].text).toBe('new')
  }
})
