// What goes out and what comes in, without brokers: both ends and the clock are the test's.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PUBACK, PUBCOMP } from '../../../src/codec/packet_type'
import { QUOTA_EXCEEDED } from '../../../src/codec/reason_code'
import { TopicMap } from '../../../src/client/topic_map'
import type { Publish } from '../../../src/client/publish_packet'
import { bridgeTerms } from '../../../src/port/node/bridge/bridge_terms'
import type { Carriage } from '../../../src/port/node/bridge/carriage'
import { ExchangeSweep } from '../../../src/port/node/bridge/exchange_sweep'
import { Incoming } from '../../../src/port/node/bridge/incoming'
import { Offence } from '../../../src/port/node/bridge/offence'
import { Outgoing } from '../../../src/port/node/bridge/outgoing'
import { Suspicion } from '../../../src/port/node/bridge/suspicion'
import { Window } from '../../../src/port/node/bridge/window'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function carriageMake () {
  const terms = bridgeTerms({
    name: 'up', addresses: [{ host: 'there' }], topics: [{ pattern: '#', direction: 'both', qos: 2 }],
  })
  /** What each end was sent: Packet Identifiers here, and there with the Reason Code. */
  const here: number[] = []
  const there: [type: number, identifier: number, reasonCode: number][] = []
  const connack = {
    maximumQos: 2, isRetainAvailable: true, receiveMaximum: 10, packetSizeMax: Infinity, brokerName: '',
  }
  const carriage = {
    terms, map: new TopicMap(terms.lines), loops: null, brokerName: 'me', tell: () => undefined, give: () => undefined,
    counts: { sent: 0, received: 0, refused: 0, tooLarge: 0, looped: 0, dropped: 0, connects: 0 },
    local: { send: (bytes: Buffer) => here.push(bytes.length > 5 ? bytes.readUInt16BE(5) : 0) },
    server: {
      connack,
      acknowledge: (type: number, identifier: number, code = 0) => there.push([type, identifier, code]),
      publish: () => true,
    },
  } as unknown as Carriage
  const owner = { inSweep: new ExchangeSweep(), offence: new Offence(), isFull: () => false }
  return { carriage, here, there, incoming: new Incoming(carriage, owner, connack as never) }
}

const message = (packetIdentifier: number, topic = 'a'): Publish => ({
  topic, qos: 1, packetIdentifier, payload: Buffer.from('x'), retain: false, isDuplicate: false,
  properties: new Uint8Array(0), subscriptions: [], hops: 0, path: [],
})

it('a PUBREL that goes out first on a connection has its time as any message', () => {
  const { carriage } = carriageMake()
  const outgoing = new Outgoing(carriage, new ExchangeSweep(), new Suspicion(), new Window(() => undefined))
  const clock = vi.spyOn(performance, 'now').mockReturnValue(3_600_000)
  outgoing.release(5)
  expect(outgoing.stalledFor(3_600_500)).toBe(500)
  clock.mockReturnValue(3_601_000)
  outgoing.acknowledged(PUBCOMP, 5, 0)
  expect(outgoing.stalledFor(3_700_000)).toBe(0)
})

describe('a message for which there was no room', () => {
  it('is offered again, and others of its topic behind it', () => {
    vi.useFakeTimers()
    const { incoming, here, there } = carriageMake()
    for (const identifier of [1, 2]) incoming.publish(message(identifier))
    for (const identifier of [1, 2]) incoming.acknowledged(PUBACK, identifier, QUOTA_EXCEEDED)
    incoming.publish(message(3))
    expect(there).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(here).toEqual([1, 2, 1, 2, 3])
    for (const identifier of [1, 2, 3]) incoming.acknowledged(PUBACK, identifier, 0)
    expect(there).toEqual([1, 2, 3].map(identifier => [PUBACK, identifier, 0]))
  })

  it('does not come behind a later one of its topic that was taken', () => {
    vi.useFakeTimers()
    const { incoming, here, there } = carriageMake()
    incoming.publish(message(1))
    incoming.publish(message(2, 'b'))
    incoming.publish(message(3))
    for (const identifier of [1, 2]) incoming.acknowledged(PUBACK, identifier, QUOTA_EXCEEDED)
    incoming.acknowledged(PUBACK, 3, 0)
    vi.advanceTimersByTime(1_000)
    expect(here.slice(3)).toEqual([2])
    expect(there).toEqual([[PUBACK, 1, 0], [PUBACK, 3, 0]])
  })
})
