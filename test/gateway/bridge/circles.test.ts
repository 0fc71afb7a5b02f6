// Messages that would run in a circle from broker to broker: none does for long.
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../../interop/mqttjs_client'
import { brokerListen, until } from '../library'
import { FlakyLine } from './flaky_line'
import { type Bridged, bridgeTo, bridged, hear, householdEnd, isUp, numbers, wait } from './household'
import { StandIn } from './stand_in'

afterEach(async () => {
  await clientsEnd()
  await householdEnd()
})

describe('circles', () => {
  it('through brokers of 5.0 end where a message would come back', async () => {
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
    expect(below).toHaveLength(1)
    expect(lower.events.filter(({ message }) => /has come back by another way/.test(message))).toHaveLength(1)
  })

  it('of bridges that count and give no names end by the count', async () => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port)])
    await until(() => isUp(lower))
    const below = await hear(lower.broker, '#')
    for (const [i, hops] of ['15', '16', 'many'].entries()) {
      upper.send({
        cmd: 'publish', topic: `hops/${hops}`, payload: 'x', qos: 1, messageId: i + 1, dup: false, retain: false,
        properties: { userProperties: { 'bridge-hops': hops } },
      } as never)
    }
    await until(() => upper.of('puback').length === 3)
    expect(below.map(({ topic }) => topic)).toEqual(['hops/15', 'hops/many'])
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

  it('of two brokers, each with a bridge to the other: as many copies as there are ways, at QoS 2', async () => {
    const ports: number[] = []
    const line = await FlakyLine.start(() => ports[1])
    const one = await bridged([bridgeTo(line.port, { name: 'one' })])
    ports.push(one.port)
    const other = await bridged([bridgeTo(one.port, { name: 'other' })])
    ports.push(other.port)
    await until(() => isUp(one) && isUp(other))
    const [here, there] = [await hear(one.broker, '#'), await hear(other.broker, '#')]
    for (let i = 0; i < 50; i++) await one.broker.publish('a', String(i), { qos: 2 })
    await until(() => there.length >= 100)
    await wait(200)
    // There by either bridge.
    expect(there.map(({ text }) => text).sort()).toEqual([...numbers(50), ...numbers(50)].sort())
    expect(here.map(({ text }) => text)).toEqual(numbers(50))
  })

  it('a broker with bridges says its name where there is room, and another one does not', async () => {
    const plain = await brokerListen()
    const { url } = await bridged([bridgeTo(plain.port)])
    const nameOf = async (to: string, options: object = {}): Promise<unknown> => {
      const { connack } = await connect(to, 5, options)
      return connack.properties?.userProperties?.['bridge-broker']
    }
    expect(await nameOf(url)).toMatch(/^[\w-]{8}$/)
    expect(await nameOf(plain.url)).toBeUndefined()
    // [MQTT-3.2.2-20]
    expect(await nameOf(url, { properties: { maximumPacketSize: 60 } })).toBeUndefined()
    expect(await nameOf(url, { clientId: '' })).toBeUndefined()
  })

  it('of four brokers, all bridged to all, end after a few copies', async () => {
    const brokers: Bridged[] = []
    for (let i = 0; i < 4; i++) {
      brokers.push(await bridged(brokers.map(({ port }, j) => bridgeTo(port, { name: `b${i}-${j}` }))))
    }
    await until(() => brokers.every(isUp))
    const heard = await Promise.all(brokers.map(({ broker }) => hear(broker, '#')))
    await brokers[0].broker.publish('a', 'x', { qos: 1 })
    await until(() => heard.every(({ length }) => length > 0))
    await wait(500)
    const lengths = heard.map(({ length }) => length)
    // By each way that visits no broker twice; the first one has no bridges, and so no name that others know.
    expect(Math.max(...lengths)).toBeLessThan(25)
    await wait(200)
    expect(heard.map(({ length }) => length)).toEqual(lengths)
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
    expect(heard).toHaveLength(1)
  })
})
