// What waits for the other broker is bounded, in messages and in bytes, and its owner says what goes when it is full.
import { afterEach, describe, expect, it } from 'vitest'
import type { BridgeOptions } from '../../../src/port/node/library/api'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from '../library'
import { FlakyLine } from './flaky_line'
import { type Heard, bridgeTo, bridged, hear, householdEnd, isUp, numbers, wait } from './household'
import { StandIn } from './stand_in'

afterEach(householdEnd)

const OUT: BridgeOptions['topics'] = [{ pattern: '#', direction: 'out', qos: 2 }]

/** A broker whose bridge has nobody there, until the line is mended. */
async function away (options: Partial<BridgeOptions>, isKept = false) {
  const upper = await brokerListen()
  const above = await hear(upper.broker, '#')
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const lower = await bridged([bridgeTo(line.port, { topics: OUT, ...options })], isKept)
  const { broker } = lower
  /** Whether each was taken. */
  const publish = async (messages: [topic: string, text: string][], qos: 1 | 2 = 1): Promise<boolean[]> => {
    const results = await Promise.allSettled(messages.map(([topic, text]) => broker.publish(topic, text, { qos })))
    return results.map(({ status }) => status === 'fulfilled')
  }
  const drained = async (): Promise<Heard[]> => {
    line.fault = 'none'
    await until(() => isUp(lower) && broker.bridges()[0].queued === 0)
    await wait(50)
    return above
  }
  return { upper, above, line, lower, broker, publish, drained }
}

const on = (topic: string, list: string[]): [string, string][] => list.map(text => [topic, text])
const texts = (heard: Heard[]): string[] => heard.map(({ text }) => text)

describe.each([1, 2] as const)('at QoS %i, a queue that is full', (qos) => {
  it.each([false, true])('refuses what is new, unless told (kept: %s)', async (isKept) => {
    const { publish, drained, broker } = await away({ queuedMessages: 5 }, isKept)
    expect(await publish(on('a', numbers(8)), qos)).toEqual([true, true, true, true, true, false, false, false])
    expect(broker.bridges()[0]).toMatchObject({ queued: 5, queueDropped: 3 })
    expect(texts(await drained())).toEqual(numbers(5))
  })

  it.each([false, true])('lets the oldest go with oldest (kept: %s)', async (isKept) => {
    const { publish, drained, broker } = await away({ queuedMessages: 5, queuePolicy: 'oldest' }, isKept)
    expect(await publish(on('a', numbers(8)), qos)).not.toContain(false)
    expect(broker.bridges()[0]).toMatchObject({ queued: 5, queueDropped: 3 })
    expect(broker.statistics()['full/queue']).toBe(3)
    expect(texts(await drained())).toEqual(numbers(5, 3))
    expect(broker.bridges()[0]).toMatchObject({ sent: 5, queued: 0, queuedBytes: 0, queueDropped: 3 })
  })

  it.each([false, true])('keeps the last message of each topic with latest (kept: %s)', async (isKept) => {
    const { publish, drained, broker } = await away({ queuedMessages: 3, queuePolicy: 'latest' }, isKept)
    await publish([['a', '1'], ['b', '1'], ['a', '2'], ['c', '1'], ['b', '2']], qos)
    expect(broker.bridges()[0]).toMatchObject({ queued: 3, queueDropped: 2 })
    expect(broker.statistics()['full/queue']).toBe(0)
    await publish([['d', '1']], qos)
    expect(broker.bridges()[0]).toMatchObject({ queued: 3, queueDropped: 3 })
    const heard = await drained()
    expect(heard.map(({ topic, text }) => topic + text)).toEqual(['c1', 'b2', 'd1'])
  })
})

it.each(['newest', 'oldest', 'latest'] as const)(
  'with %s each of the topics that take turns keeps its order, also behind the outage, and the counts are true',
  async (queuePolicy) => {
    const { publish, drained, broker } = await away({ queuedMessages: 12, queuePolicy }, true)
    const turns = (from: number): [string, string][] => numbers(60, from).map(text => [`t/${Number(text) % 5}`, text])
    const before = await publish(turns(0))
    expect(broker.bridges()[0].queued).toBe(queuePolicy === 'latest' ? 5 : 12)
    const heard = await drained()
    const after: boolean[] = []
    for (const one of turns(60)) after.push(...await publish([one]))
    await until(() => broker.bridges()[0].queued === 0)
    await until(() => broker.bridges()[0].sent === heard.length)
    for (const topic of numbers(5)) {
      const list = heard.filter(one => one.topic === `t/${topic}`).map(({ text }) => Number(text))
      expect(list).toEqual([...new Set(list)].sort((a, b) => a - b))
      expect(list.at(-1)).toBe(115 + Number(topic))
    }
    const taken = [...before, ...after].filter(isTaken => isTaken).length
    const { sent, queueDropped } = broker.bridges()[0]
    expect(sent + queueDropped).toBe(120)
    expect(taken).toBe(queuePolicy === 'newest' ? sent : 120)
  })

describe('bytes', () => {
  it.each([
    ['newest', ['1', '2', '3'], 2], ['oldest', ['3', '4', '5'], 2], ['latest', ['5'], 4],
  ] as const)('bound what waits with %s', async (queuePolicy, left, dropped) => {
    const { publish, drained, broker } = await away({ queuedBytes: 3_500, queuePolicy })
    await publish(on('a', numbers(5, 1).map(text => text.padEnd(1_000))))
    expect(broker.bridges()[0]).toMatchObject({
      queued: left.length, queuedBytes: left.length * 1_000, queueDropped: dropped,
    })
    expect((await drained()).map(({ text }) => text.trim())).toEqual(left)
  })

  it('are bounded as any client\'s where nothing else is said, and it goes on when it is full (mosquitto #2256)',
    async () => {
      const upper = await brokerListen()
      const above = await hear(upper.broker, '#')
      const line = await FlakyLine.start(() => upper.port)
      line.fault = 'refused'
      const { broker } = await brokerListen({
        bridges: [bridgeTo(line.port, { topics: OUT })], limits: { queuedBytes: 3_500 },
      })
      const sent = numbers(5).map(text => broker.publish('a', text.padEnd(1_000), { qos: 1 }))
      await Promise.allSettled(sent)
      expect(broker.bridges()[0]).toMatchObject({ queued: 3, queueDropped: 2 })
      line.fault = 'none'
      await until(() => above.length === 3 && broker.bridges()[0].queued === 0)
      await broker.publish('a', 'after', { qos: 1 })
      await until(() => above.length === 4)
    })

  it('a message that is larger than all of them is refused, and nothing else goes for it', async () => {
    const { publish, broker } = await away({ queuedBytes: 100, queuePolicy: 'oldest' })
    expect(await publish([['a', 'x'], ['a', 'x'.repeat(101)], ['a', 'y']])).toEqual([true, false, true])
    expect(broker.bridges()[0]).toMatchObject({ queued: 2, queueDropped: 1 })
  })
})

it('what is under way stays, whatever the policy', async () => {
  let isMute = true
  const upper = await StandIn.start({ publish: () => isMute ? 'silent' : 0, properties: { receiveMaximum: 2 } })
  const lower = await bridged([bridgeTo(upper.port, { topics: OUT, queuedMessages: 4, queuePolicy: 'oldest' })])
  await until(() => isUp(lower))
  for (const text of numbers(8)) await lower.broker.publish('a', text, { qos: 2 })
  await until(() => upper.of('publish').length === 2)
  expect(lower.broker.bridges()[0]).toMatchObject({ queued: 4, queueDropped: 4 })
  isMute = false
  upper.cut()
  await until(() => lower.broker.bridges()[0].queued === 0)
  expect(upper.texts).toEqual(['0', '1', '6', '7'])
})

it('latest, after a restart: what was kept is of the past, and one of its topics takes its place', async () => {
  const line = await FlakyLine.start(() => 1)
  line.fault = 'refused'
  const location = `${folderMake()}/midge.db`
  const options = { bridges: [bridgeTo(line.port, { topics: OUT, queuePolicy: 'latest' })], persistence: { location } }
  let broker = await brokerMake(options)
  for (const topic of ['a', 'b']) await broker.publish(topic, 'old', { qos: 1 })
  await broker.close()
  broker = await brokerMake(options)
  await broker.opened()
  await broker.publish('a', 'new', { qos: 1 })
  expect(broker.bridges()[0]).toMatchObject({ queued: 2, queueDropped: 1 })
  await wait(1_100)
  expect(broker.bridges()[0].queuedSeconds).toBeGreaterThanOrEqual(1)
  await brokersEnd()
})

it('its numbers are retained under $SYS, and are those of the bridge', async () => {
  const upper = await brokerListen()
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const remote = { clientIdentifier: 'site' }
  const { broker } = await brokerListen({
    limits: { sysInterval: 1 },
    bridges: [bridgeTo(line.port, { topics: OUT, queuedMessages: 3, notifications: true, remote })],
  })
  await Promise.allSettled(numbers(5).map(text => broker.publish('a', text, { qos: 1 })))
  const heard = await hear(broker, '$SYS/broker/connection/site/+')
  const said = (): Record<string, number> =>
    Object.fromEntries(heard.map(({ topic, text }) => [topic.split('/').at(-1)!, Number(text)]))
  await until(() => said().oldest >= 1)
  expect(said()).toMatchObject({ state: 0, kept: 3, sent: 0, dropped: 2 })
  line.fault = 'none'
  await until(() => said().sent === 3)
  expect(said()).toEqual({ state: 1, kept: 0, sent: 3, dropped: 2, oldest: 0 })
  const late = await hear(broker, '$SYS/broker/connection/site/kept')
  await until(() => late.length > 0)
  expect(late).toMatchObject([{ text: '0', retain: true }])
})

it('oldest: what a restart finds is what was left', async () => {
  const upper = await StandIn.start()
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const bridges = [bridgeTo(line.port, { topics: OUT, queuedMessages: 10, queuePolicy: 'oldest' as const })]
  const options = { bridges, persistence: { location: `${folderMake()}/midge.db` } }
  let broker = await brokerMake(options)
  for (const text of numbers(25)) await broker.publish('a', text, { qos: Number(text) % 2 ? 1 : 2 })
  await broker.close()
  broker = await brokerMake(options)
  await broker.opened()
  expect(broker.bridges()[0]).toMatchObject({ queued: 10, queueDropped: 0 })
  // Messages of QoS 2 may have been sent by the program before.
  for (const text of numbers(3, 25)) await broker.publish('a', text, { qos: 1 })
  line.fault = 'none'
  await until(() => broker.bridges()[0].queued === 0)
  expect(upper.texts).toEqual(['16', '18', '20', '21', '22', '23', '24', '25', '26', '27'])
  await brokersEnd()
})

it('with latest what is published now is not held up by what has waited, nor that by it', async () => {
  const upper = await StandIn.start({ properties: { receiveMaximum: 1 }, publish: () => 'silent' })
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const lower = await bridged([bridgeTo(line.port, { topics: OUT, queuePolicy: 'latest' })])
  for (const text of numbers(100)) await lower.broker.publish(`old/${text}`, 'x', { qos: 1 })
  line.fault = 'none'
  const sent = (): { topic: string, messageId: number, payload: Buffer }[] => upper.of('publish') as never
  await until(() => sent().length === 1)
  for (const text of numbers(10)) await lower.broker.publish(`live/${text}`, text, { qos: 1 })
  // The one that waits on its topic is a later one.
  await lower.broker.publish('live/9', 'last', { qos: 1 })
  for (let i = 1; i <= 110; i++) {
    await until(() => sent().length === i)
    upper.send({ cmd: 'puback', messageId: sent().at(-1)!.messageId, reasonCode: 0 } as never)
  }
  await until(() => lower.broker.bridges()[0].queued === 0)
  const topics = sent().map(({ topic }) => topic)
  const first = topics.slice(0, 20)
  expect(first.filter(topic => topic.startsWith('live/')).sort()).toEqual(numbers(10).map(text => `live/${text}`))
  expect(topics.filter(topic => topic.startsWith('old/'))).toEqual(numbers(100).map(text => `old/${text}`))
  expect(String(sent().find(({ topic }) => topic === 'live/9')!.payload)).toBe('last')
})
