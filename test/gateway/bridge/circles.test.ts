// Messages that would run in a circle from broker to broker: none does for long.
import { afterEach, describe, expect, it } from 'vitest'
import { brokerListen, until } from '../library'
import { FlakyLine } from './flaky_line'
import { type Bridged, bridgeTo, bridged, hear, householdEnd, isUp, wait } from './household'

afterEach(householdEnd)

describe('circles', () => {
  it('through brokers of 5.0 end by the count of bridges', async () => {
    const upper = await brokerListen()
    // Out by one bridge and in by another: the other broker knows them as two clients.
    const lower = await bridged([
      bridgeTo(upper.port, { name: 'out', topics: [{ pattern: '#', direction: 'out', qos: 1 }] }),
      bridgeTo(upper.port, { name: 'in', topics: [{ pattern: '#', direction: 'in', qos: 1 }] }),
    ])
    await until(() => isUp(lower))
    expect(lower.events.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/what it brings in as # goes out to the same broker by bridge out, and comes back/))
    const below = await hear(lower.broker, '#')
    await lower.broker.publish('a', 'x', { qos: 1 })
    await until(() => lower.broker.bridges().some(({ looped }) => looped > 0))
    await wait(200)
    expect(below.length).toBeLessThan(12)
    expect(lower.events.filter(({ message }) => /has come through 16 bridges/.test(message))).toHaveLength(1)
  })

  it('through brokers of 3.1.1 are opened when a message comes round too often, and others go on', async () => {
    const upper = await brokerListen()
    const lower = await bridged([
      bridgeTo(upper.port, { name: 'out', protocolVersion: 4, topics: [{ pattern: '#', direction: 'out', qos: 1 }] }),
      bridgeTo(upper.port, { name: 'in', protocolVersion: 4, topics: [{ pattern: '#', direction: 'in', qos: 1 }] }),
    ])
    await until(() => isUp(lower))
    const below = await hear(lower.broker, '#')
    await lower.broker.publish('a', 'x', { qos: 1 })
    await until(() => lower.broker.bridges().some(({ looped }) => looped > 0))
    await wait(200)
    const { length } = below
    expect(length).toBeLessThan(30)
    await wait(200)
    expect(below).toHaveLength(length)
    expect(lower.events.filter(({ message }) => /again and again/.test(message))).toHaveLength(1)
  })

  it('of three brokers, each bridged to the next, end too', async () => {
    const ports: number[] = []
    const lines = await Promise.all([0, 1, 2].map(i => FlakyLine.start(() => ports[i])))
    const brokers: Bridged[] = []
    for (const i of [0, 1, 2]) {
      const one = await bridged([bridgeTo(lines[(i + 1) % 3].port, { name: `b${i}` })])
      ports[i] = one.port
      brokers.push(one)
    }
    await until(() => brokers.every(isUp))
    const heard = await hear(brokers[0].broker, '#')
    await brokers[0].broker.publish('a', 'x', { qos: 1 })
    await until(() => brokers.some(({ broker }) => broker.bridges()[0].looped > 0))
    await wait(300)
    expect(heard.length).toBeLessThan(25)
  })
})
