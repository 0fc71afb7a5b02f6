// The other broker has no room, and says so of a message while more of its topic are under way to it. What that broker
// has taken of those cannot be taken back; but no message is behind a later one for good, and it is not asked again and
// again for what it has.
import { afterEach, expect, it } from 'vitest'
import { until } from '../library'
import { type Bridged, bridgeTo, bridged, householdEnd, isUp, numbers, wait } from './household'
import { StandIn } from './stand_in'

afterEach(householdEnd)

const QUOTA_EXCEEDED = 0x97
const OUT = { topics: [{ pattern: '#', direction: 'out' as const, qos: 2 as const }] }

const drained = async ({ broker }: Bridged): Promise<void> => {
  await until(() => broker.bridges()[0].queued === 0)
}

/** A backlog of twenty messages, of which the other broker refuses the sixth three times. */
async function refusing (qos: 1 | 2, inflightMessages?: number): Promise<{ upper: StandIn, lower: Bridged }> {
  let refusals = 3
  const upper = await StandIn.start({
    connect: () => 'close',
    properties: { receiveMaximum: 20 },
    publish: ({ payload }) => String(payload) === '5' && refusals-- > 0 ? QUOTA_EXCEEDED : 0,
  })
  const lower = await bridged([bridgeTo(upper.port, OUT)], false, { inflightMessages })
  for (const text of numbers(20)) await lower.broker.publish('a', text, { qos })
  upper.behaviour.connect = undefined
  await drained(lower)
  return { upper, lower }
}

it('a message of QoS 1 that was refused is followed by all that stand behind it', async () => {
  const { upper, lower } = await refusing(1)
  // The last copy of each is in order, and what was under way comes twice, however often the other one was refused.
  const lasts = numbers(20).map(text => upper.texts.lastIndexOf(text))
  expect(lasts).toEqual([...lasts].sort((a, b) => a - b))
  expect(Math.max(...numbers(20).map(text => upper.texts.filter(one => one === text).length))).toBe(2)
  expect(lower.broker.bridges()[0]).toMatchObject({ sent: 20, refused: 0 })
})

it('one of QoS 2 is released in front of all that stand behind it, and each comes once', async () => {
  const { upper, lower } = await refusing(2)
  const identifiers = new Map((upper.of('publish') as { payload: Buffer, messageId: number }[])
    .map(({ payload, messageId }) => [messageId, String(payload)]))
  const released = (upper.of('pubrel') as { messageId: number }[]).map(({ messageId }) => identifiers.get(messageId))
  // One may be released again by the next connection.
  expect([...new Set(released)]).toEqual(numbers(20))
  expect([...upper.texts].sort()).toEqual(numbers(20).sort())
  expect(lower.broker.bridges()[0]).toMatchObject({ sent: 20, refused: 0 })
})

it.each([1, 2] as const)('with max_inflight_messages 1 none overtakes another, at QoS %i', async (qos) => {
  const { upper } = await refusing(qos, 1)
  expect(upper.texts).toEqual(numbers(20))
})

it.each(['has no room', 'closes the connection'])('where it %s one goes at a time, and more and more', async (how) => {
  let isGood = false
  const open: number[] = []
  const upper = await StandIn.start({
    properties: { receiveMaximum: 20 },
    publish: ({ messageId }) => {
      if (!isGood) return how === 'has no room' ? QUOTA_EXCEEDED : 'close'
      open.push(messageId!)
      return 'silent'
    },
  })
  const lower = await bridged([bridgeTo(upper.port, { ...OUT, restartTimeout: 0.1 })])
  await until(() => isUp(lower))
  for (const text of numbers(400)) void lower.broker.publish('a', text, { qos: 1 })
  await until(() => upper.connects > 2)
  isGood = true
  const sizes: number[] = []
  for (let round = 1; round <= 22; round++) {
    await until(() => open.length >= Math.min(round, 20))
    // No more comes before these are answered.
    await wait(20)
    sizes.push(open.length)
    for (const messageId of open.splice(0)) upper.send({ cmd: 'puback', messageId, reasonCode: 0 } as never)
  }
  expect(sizes).toEqual([...numbers(20, 1).map(Number), 20, 20])
})
