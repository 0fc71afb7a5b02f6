// Another broker that is broken, or means ill: what it sends and does not read costs bounded memory, and a message of
// it that this broker cannot take does not come back for ever.
import * as mqttPacket from 'mqtt-packet'
import type { Packet } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { field, packet } from '../../../src/client/packet_bytes'
import { until } from '../library'
import { bridgeTo, bridged, hear, householdEnd, isUp, wait } from './household'
import { StandIn } from './stand_in'

afterEach(householdEnd)

const publish = (topic: string, messageId: number, payload = 'x', qos = 1): Packet =>
  ({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain: false }) as never

/** The same in 5.0, byte by byte: generators refuse what is none. */
const raw = (topic: string, messageId: number, properties: number[] = []): Buffer => packet(
  0x32, field(topic), Buffer.from([0, messageId]), Buffer.from([properties.length, ...properties]), Buffer.from('x'))

describe('a broker that sends for ever and does not read', () => {
  it.each([['a', 1], ['a', 2], ['none/of/the/lines', 1], ['none/of/the/lines', 2]] as const)(
    'on %s at QoS %i: nothing piles up for it, and it is left', async (topic, qos) => {
      const upper = await StandIn.start()
      const lower = await bridged([bridgeTo(upper.port, {
        keepAlive: 2, protocolVersion: 4, restartTimeout: 60, topics: [{ pattern: 'a', direction: 'both', qos: 2 }],
      })])
      await until(() => isUp(lower))
      upper.deafen()
      const flood = Buffer.concat(Array.from({ length: 20_000 }, (_, i) =>
        mqttPacket.generate(publish(topic, 1 + i, '', qos), { protocolVersion: 4 })))
      const before = process.memoryUsage().rss
      let most = 0
      let isTaken = true
      while (isUp(lower)) {
        if (isTaken) isTaken = upper.raw(flood)
        else if (upper.isDrained) isTaken = true
        await wait(10)
        most = Math.max(most, process.memoryUsage().rss - before)
      }
      expect(lower.events.at(-1)?.message).toMatch(/does not answer any more|more at once than this one takes/)
      expect(most).toBeLessThan(400e6)
    })
})

describe('a message that is none', () => {
  it.each([
    ['has a wildcard in its topic', 'a/+/b'],
    ['has a topic that is too long here', 'x'.repeat(65_500)],
  ])('as it %s is dropped, and the next is taken', async (_what, topic) => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port, { topics: [
      { pattern: '#', direction: 'in', qos: 2, localPrefix: 'a-long-prefix-of-more-than-thirty-five-bytes/' },
    ] })])
    await until(() => isUp(lower))
    const heard = await hear(lower.broker, '#')
    upper.raw(raw(topic, 7))
    upper.send(publish('good', 8))
    await until(() => heard.length === 1 && upper.of('puback').length === 2)
    expect(lower.broker.bridges()[0]).toMatchObject({ dropped: 1, received: 1, connects: 1 })
  })

  it('as this broker closes the connection for it is refused when it comes again, and what stands behind it is not',
    async () => {
      const upper = await StandIn.start()
      const lower = await bridged([bridgeTo(upper.port, { topics: [{ pattern: '#', direction: 'in', qos: 2 }] })])
      const heard = await hear(lower.broker, '#')
      // Payload Format Indicator twice. [MQTT-3.3.2.3.2]
      const bad = raw('bad', 7, [1, 0, 1, 0])
      for (let connects = 1; connects <= 3; connects++) {
        await until(() => isUp(lower) && lower.broker.bridges()[0].connects === connects)
        const isAnswered = upper.of('puback').some(({ messageId }) => messageId === 7)
        if (!isAnswered) upper.raw(bad)
        upper.send(publish('good', 8))
      }
      await until(() => heard.length > 0 && upper.of('puback').length === 2)
      expect(upper.of('puback')).toMatchObject([{ messageId: 7, reasonCode: 0x83 }, { messageId: 8, reasonCode: 0 }])
      expect(heard).toMatchObject([{ topic: 'good' }])
      expect(lower.broker.bridges()[0]).toMatchObject({ dropped: 1, received: 1, connects: 3 })
    })
})

it('more filters than eight go in packets of eight, the next when the one before was answered (AWS IoT)', async () => {
  const upper = await StandIn.start()
  const lower = await bridged([bridgeTo(upper.port, {
    topics: Array.from({ length: 20 }, (_, i) => ({ pattern: `in/${i}`, direction: i % 2 ? 'in' : 'out', qos: 1 })),
  })])
  await until(() => isUp(lower))
  const counts = (cmd: 'subscribe' | 'unsubscribe', key: string): number[] =>
    upper.of(cmd).map(one => (one as unknown as Record<string, unknown[]>)[key].length)
  expect(counts('subscribe', 'subscriptions')).toEqual([8, 2])
  expect(counts('unsubscribe', 'unsubscriptions')).toEqual([8, 2])
})
