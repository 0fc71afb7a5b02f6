// The other broker is away in every way that there is, and so is this one: at QoS 1 every message arrives, at QoS 2
// each once, in order, and what waits goes out by itself.
import { hostname } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from '../library'
import { FlakyLine } from './flaky_line'
import { type Heard, bridgeTo, bridged, hear, householdEnd, isUp, numbers, wait } from './household'
import { StandIn } from './stand_in'

afterEach(async () => {
  await clientsEnd()
  await householdEnd()
})

const texts = (heard: Heard[], qos: number): string[] => heard.filter(one => one.qos === qos).map(({ text }) => text)

/** What is left of a list when repetitions of what has come before are taken out: the order of first arrivals. */
const firsts = (list: string[]): string[] => [...new Set(list)]

describe('a backlog', () => {
  it('of before the first connection, and of an outage, goes out in order, by itself (mosquitto #3394, NanoMQ #2423, '
    + '#1873, #1910)', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const line = await FlakyLine.start(() => upper.port)
    line.fault = 'refused'
    const lower = await bridged([bridgeTo(line.port)])
    for (const text of numbers(400)) await lower.broker.publish('a', text, { qos: Number(text) % 2 ? 1 : 2 })
    expect(lower.broker.bridges()[0]).toMatchObject({ queued: 400, sent: 0, isConnected: false })
    line.fault = 'none'
    await until(() => above.length >= 400)
    await wait(50)
    expect(above.map(({ text }) => text)).toEqual(numbers(400))
    line.fault = 'refused'
    line.cut()
    await until(() => !isUp(lower))
    for (const text of numbers(100, 400)) await lower.broker.publish('a', text, { qos: 2 })
    line.fault = 'none'
    await until(() => above.length >= 500)
    expect(above.map(({ text }) => text)).toEqual(numbers(500))
    await until(() => lower.broker.bridges()[0].queued === 0)
  })

  it('that is cut again and again while it drains loses nothing, and has QoS 2 once (NanoMQ #2432, mosquitto #3275)',
    async () => {
      const upper = await brokerListen()
      const above = await hear(upper.broker, '#')
      const line = await FlakyLine.start(() => upper.port)
      line.fault = 'refused'
      const lower = await bridged([bridgeTo(line.port, { restartTimeout: 0.01 })])
      for (const text of numbers(300)) await lower.broker.publish('a', text, { qos: Number(text) % 2 ? 1 : 2 })
      // Somewhere in each of the first connections: in the middle of packets, and between those of an exchange.
      line.cutsAfter = Array.from({ length: 25 }, (_, i) => 150 + i * 37)
      line.fault = 'none'
      await until(() => lower.broker.bridges()[0].queued === 0)
      await wait(100)
      expect(line.connections).toBeGreaterThan(15)
      expect(texts(above, 2)).toEqual(numbers(300).filter(text => Number(text) % 2 === 0))
      expect(firsts(texts(above, 1))).toEqual(numbers(300).filter(text => Number(text) % 2))
    })

  it('comes in likewise: what the other broker has kept is taken once, in order', async () => {
    const upper = await brokerListen({}, {})
    const line = await FlakyLine.start(() => upper.port)
    const lower = await bridged([bridgeTo(line.port, { restartTimeout: 0.01, receiveMaximum: 5 })])
    const below = await hear(lower.broker, '#')
    await until(() => isUp(lower))
    line.fault = 'refused'
    line.cut()
    await until(() => !isUp(lower))
    for (const text of numbers(200)) await upper.broker.publish('a', text, { qos: Number(text) % 2 ? 1 : 2 })
    line.cutsAfter = Array.from({ length: 15 }, (_, i) => 150 + i * 13)
    line.fault = 'none'
    await until(() => firsts(below.map(({ text }) => text)).length === 200)
    await until(() => upper.broker.statistics()['store/messages/count'] === 0)
    await wait(100)
    expect(line.connections).toBeGreaterThan(5)
    expect(texts(below, 2)).toEqual(numbers(200).filter(text => Number(text) % 2 === 0))
    expect(firsts(texts(below, 1))).toEqual(numbers(200).filter(text => Number(text) % 2))
  })
})

describe('a line', () => {
  it('that is half-open is found by Keep Alive, also while messages go out', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const line = await FlakyLine.start(() => upper.port)
    const lower = await bridged([bridgeTo(line.port, { keepAlive: 1 })])
    await until(() => isUp(lower))
    line.freeze()
    const sending = setInterval(() => void lower.broker.publish('a', 'at most once', { qos: 0 }), 50)
    for (const text of numbers(20)) await lower.broker.publish('a', text, { qos: 2 })
    await until(() => lower.events.some(({ message }) => /does not answer any more/.test(message)))
    clearInterval(sending)
    line.thaw()
    await until(() => texts(above, 2).length >= 20 && lower.broker.bridges()[0].queued === 0)
    expect(texts(above, 2)).toEqual(numbers(20))
  })

  it('on which nobody answers CONNECT is given up', async () => {
    const upper = await brokerListen()
    const line = await FlakyLine.start(() => upper.port)
    line.fault = 'silent'
    const lower = await bridged([bridgeTo(line.port)])
    await until(() => lower.events.some(({ message }) => /has not answered in 20 s/.test(message)))
    line.fault = 'none'
    await until(() => isUp(lower))
  }, 60_000)

  it('whose broker acknowledges nothing is given up after a minute, and what was under way goes again', async () => {
    let isMute = true
    const upper = await StandIn.start({ publish: () => isMute ? 'silent' : 0 })
    const lower = await bridged([bridgeTo(upper.port)])
    await until(() => isUp(lower))
    for (const text of numbers(3)) await lower.broker.publish('a', text, { qos: 2 })
    await until(() => lower.events.some(({ message }) => /has acknowledged no message in 60 s/.test(message)))
    isMute = false
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(upper.texts).toEqual(numbers(3))
  }, 120_000)

  it('does not keep a Keep Alive of a broker that answers from standing', async () => {
    const upper = await StandIn.start({ properties: { serverKeepAlive: 1 } })
    const lower = await bridged([bridgeTo(upper.port)])
    await until(() => upper.of('pingreq').length >= 2)
    expect(lower.broker.bridges()[0]).toMatchObject({ isConnected: true, connects: 1 })
  })
})

describe('a restart', () => {
  it('of the other broker without its sessions: the bridge subscribes again, and new exchanges are not taken for old',
    async () => {
      const first = await brokerListen()
      let { port } = first
      const line = await FlakyLine.start(() => port)
      const lower = await bridged([bridgeTo(line.port)])
      await until(() => isUp(lower))
      for (const text of numbers(3)) await first.broker.publish('a', text, { qos: 2 })
      await until(() => lower.broker.bridges()[0].received === 3)
      await first.broker.close()
      const second = await brokerListen()
      port = second.port
      const [above, below] = [await hear(second.broker, '#'), await hear(lower.broker, '#')]
      await until(() => isUp(lower))
      for (const text of numbers(5, 10)) await second.broker.publish('a', text, { qos: 2 })
      for (const text of numbers(5, 20)) await lower.broker.publish('a', text, { qos: 2 })
      await until(() => above.length >= 10 && below.length >= 10)
      expect(above.map(({ text }) => text).sort()).toEqual([...numbers(5, 10), ...numbers(5, 20)])
      expect(below.map(({ text }) => text).sort()).toEqual([...numbers(5, 10), ...numbers(5, 20)])
    })

  it('of this one without its sessions: an exchange that the other one holds open takes no new message', async () => {
    // It never releases: as if this broker had gone between PUBREC and PUBREL, again and again.
    const upper = await StandIn.start()
    upper.session('me', false).session.open.add(1).add(2).add(3)
    const lower = await bridged([bridgeTo(upper.port, { remote: { clientIdentifier: 'me' } })])
    await until(() => isUp(lower))
    for (const text of numbers(6)) await lower.broker.publish('a', text, { qos: 2 })
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(upper.texts).toEqual(numbers(6))
  })

  it('of this one with its sessions: what waits goes out, once', async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const line = await FlakyLine.start(() => upper.port)
    line.fault = 'refused'
    const location = `${folderMake()}/midge.db`
    const bridges = [bridgeTo(line.port)]
    let broker = await brokerMake({ bridges, persistence: { location } })
    for (const text of numbers(50)) await broker.publish('a', text, { qos: 2 })
    await broker.close()
    broker = await brokerMake({ bridges, persistence: { location } })
    await broker.opened()
    expect(broker.bridges()[0].queued).toBe(50)
    for (const text of numbers(50, 50)) await broker.publish('a', text, { qos: 2 })
    line.fault = 'none'
    await until(() => above.length >= 100)
    await wait(50)
    expect(above.map(({ text }) => text)).toEqual(numbers(100))
    await brokersEnd()
  })
})

it('a session that never ends is the bridge\'s, whatever holds for others, and nobody else\'s', async () => {
  const upper = await brokerListen()
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const { broker, port } = await brokerListen({ bridges: [bridgeTo(line.port)], limits: { sessionExpiry: 1 } })
  await broker.publish('a', 'x', { qos: 1 })
  await wait(1_600)
  expect(broker.bridges()[0].queued).toBe(1)
  const thief = new Promise(resolve => broker.once('refused', resolve))
  await expect(connect(`mqtt://127.0.0.1:${port}`, 5, { clientId: `local.${hostname()}.up` })).rejects.toThrow()
  expect(await thief).toMatchObject({ reasonCode: 0x85 })
})

it('what is queued is more than any client\'s where nothing is said of that, and drains in order', async () => {
  const upper = await brokerListen()
  const above = await hear(upper.broker, '#')
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const lower = await bridged([bridgeTo(line.port, { queuedMessages: 3_000 })], true)
  const results = await Promise.allSettled(numbers(3_100).map(text => lower.broker.publish('a', text, { qos: 2 })))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3_000)
  expect(lower.broker.bridges()[0].queued).toBe(3_000)
  line.fault = 'none'
  await until(() => above.length >= 3_000)
  await wait(50)
  expect(above.map(({ text }) => text)).toEqual(numbers(3_000))
})

it('what is queued is bounded as any client\'s, and the bridge goes on when it is full (mosquitto #1729, #2256)',
  async () => {
    const upper = await brokerListen()
    const above = await hear(upper.broker, '#')
    const line = await FlakyLine.start(() => upper.port)
    line.fault = 'refused'
    const { broker } = await brokerListen({ bridges: [bridgeTo(line.port)], limits: { queuedMessages: 20 } })
    const results = await Promise.allSettled(numbers(30).map(text => broker.publish('a', text, { qos: 1 })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect(broker.statistics()['full/queue']).toBe(10)
    line.fault = 'none'
    await until(() => above.length === 20 && broker.bridges()[0].queued === 0)
    await broker.publish('a', 'after', { qos: 1 })
    await until(() => above.length === 21)
    expect(above.map(({ text }) => text)).toEqual([...numbers(20), 'after'])
  })
