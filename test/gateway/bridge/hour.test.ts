// An hour of readings, twenty a second, while the other broker is away; in the middle of it the gateway starts anew.
import { afterEach, expect, it } from 'vitest'
import { brokerListen, brokerMake, folderMake, until } from '../library'
import type { BrokerOptions } from '../../../src/port/node/library/api'
import { FlakyLine } from './flaky_line'
import { bridgeTo, hear, householdEnd } from './household'

afterEach(householdEnd)

const READINGS = 72_000
const SENSORS = 20
/** Messages that are under way to the gateway at once. */
const AT_ONCE = 1_000

it('72,000 readings of an hour without the other broker all arrive, in order', async () => {
  const upper = await brokerListen()
  const above = await hear(upper.broker, '#')
  const line = await FlakyLine.start(() => upper.port)
  line.fault = 'refused'
  const options: BrokerOptions = {
    bridges: [bridgeTo(line.port, {
      queuedMessages: 0, restartTimeout: 1, topics: [{ pattern: 'site/#', direction: 'out', qos: 2 }],
    })],
    persistence: { location: `${folderMake()}/midge.db` },
  }
  let broker = await brokerMake(options)
  const read = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => at + i).map((number) =>
        broker.publish(`site/sensor/${number % SENSORS}`, `${number} 21.5 C 45 %`, { qos: number % 2 ? 1 : 2 })))
    }
  }
  await read(0, READINGS / 2)
  await broker.close()
  broker = await brokerMake(options)
  await broker.opened()
  expect(broker.bridges()[0].queued).toBe(READINGS / 2)
  await read(READINGS / 2, READINGS)
  expect(broker.bridges()[0]).toMatchObject({ queued: READINGS, queueDropped: 0, sent: 0 })
  line.fault = 'none'
  await until(() => broker.bridges()[0].queued === 0)
  expect(above.length).toBe(READINGS)
  for (const [i, { topic, text }] of above.entries()) {
    if (text === `${i} 21.5 C 45 %` && topic === `site/sensor/${i % SENSORS}`) continue
    throw new Error(`${JSON.stringify(text)} of ${topic} comes as number ${i}`)
  }
  expect(broker.bridges()[0]).toMatchObject({ sent: READINGS, queuedBytes: 0, queuedSeconds: 0 })
})
