// The load generator's checks are the comparison's foundation: each must find what it is there to find.
import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { ratioText } from '../../scripts/bench/figures.mjs'
import { freedSize } from '../../scripts/bench/heap.mjs'
import { roundTrip } from '../../scripts/bench/latency.mjs'
import { payloadPattern, publishPacket } from '../../scripts/bench/packets.mjs'
import { Publisher } from '../../scripts/bench/publisher.mjs'
import { sharesOf } from '../../scripts/bench/profile.mjs'
import { ROWS, QUICK_ROWS, isRelayed } from '../../scripts/bench/rows.mjs'
import { Subscriber } from '../../scripts/bench/subscriber.mjs'
import { VARIANTS, readableBundle, variantOf } from '../../scripts/bench/variants.mjs'

class FakeSocket extends EventEmitter {
  readonly written: Buffer[] = []

  write(bytes: Uint8Array): void {
    this.written.push(Buffer.from(bytes))
  }
}

const TOPICS = ['bench/topic/000000', 'bench/topic/000001']
const pattern = payloadPattern(64)

function payload(publisher: number, topic: number, sequence: number): Buffer {
  const bytes = Buffer.from(pattern)
  bytes.writeUInt32BE(publisher, 0)
  bytes.writeUInt32BE(topic, 4)
  bytes.writeUInt32BE(sequence, 8)
  return bytes
}

let socket: FakeSocket
beforeEach(() => { socket = new FakeSocket() })

function subscriber(qos: number): InstanceType<typeof Subscriber> {
  return new Subscriber(socket, {
    topics: TOPICS.map((topic) => Buffer.from(topic)), publisherCount: 2, qos, pattern, onChunk: () => undefined,
  })
}

const message = (sequence: number, options: { qos?: number, retain?: number, topic?: string } = {}): Buffer =>
  publishPacket(options.topic ?? TOPICS[0], payload(0, 0, sequence), options)

describe('the subscriber', () => {
  it.each([0, 1])('counts what is right, cut anywhere, and acknowledges at QoS %i', (qos) => {
    const taker = subscriber(qos)
    const bytes = Buffer.concat([0, 1, 2].map((sequence) => message(sequence, { qos })))
    for (const byte of bytes) socket.emit('data', Buffer.from([byte]))
    expect(taker.deliveries).toBe(3)
    expect(Buffer.concat(socket.written)).toEqual(Buffer.from('40020001'.repeat(qos * 3), 'hex'))
  })

  it.each<[string, () => Buffer]>([
    ['a gap', () => message(1)],
    ['another topic', () => message(0, { topic: TOPICS[1] })],
    ['a topic that is longer', () => message(0, { topic: `${TOPICS[0]}/x` })],
    ['another QoS', () => message(0, { qos: 1 })],
    ['a retain flag', () => message(0, { retain: 1 })],
    ['a payload that was changed', () => {
      const bytes = message(0)
      bytes[bytes.length - 1] ^= 1
      return bytes
    }],
  ])('finds %s', (_name, packet) => {
    subscriber(0)
    expect(() => socket.emit('data', packet())).toThrow()
  })

  it('finds a message that comes twice', () => {
    subscriber(0)
    socket.emit('data', message(0))
    expect(() => socket.emit('data', message(0))).toThrow('message 0 came where 1 was due')
  })
})

describe('the round trip', () => {
  const sent = publishPacket('ping', pattern, { qos: 1 })
  const came = (packetIdentifier: number): Buffer => publishPacket('ping', pattern, { qos: 1, packetIdentifier })
  const pubAck = Buffer.from('40020001', 'hex')
  let taker: FakeSocket
  beforeEach(() => { taker = new FakeSocket() })

  it.each([...sent.keys()])('takes a message that is cut at %i, and acknowledges the broker\'s own', async (at) => {
    const trip = roundTrip(socket, taker, sent)
    expect(socket.written).toEqual([sent])
    const bytes = came(0x1234)
    for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) taker.emit('data', piece)
    socket.emit('data', pubAck.subarray(0, 1))
    socket.emit('data', pubAck.subarray(1))
    await trip
    expect(taker.written).toEqual([Buffer.from('40021234', 'hex')])
    expect([socket, taker].map((one) => one.listenerCount('data') + one.listenerCount('close'))).toEqual([0, 0])
  })

  it.each<[string, () => Buffer]>([
    ['more than one message', () => Buffer.concat([sent, sent])],
    ['another topic', () => publishPacket('pong', pattern, { qos: 1 })],
    ['another payload', () => publishPacket('ping', pattern.map((byte) => byte ^ 1), { qos: 1 })],
    ['another QoS', () => publishPacket('ping', pattern, { qos: 2 })],
  ])('finds %s', async (_name, packet) => {
    const trip = roundTrip(socket, taker, sent)
    taker.emit('data', packet())
    await expect(trip).rejects.toThrow('not the message that was sent')
  })

  it('does not wait for who has gone', async () => {
    const trip = roundTrip(socket, taker, sent)
    taker.emit('close')
    await expect(trip).rejects.toThrow('a connection was closed')
  })
})

describe('the publisher', () => {
  const publisher = (qos: number): InstanceType<typeof Publisher> => new Publisher(0, socket, {
    topics: TOPICS, topicNumbers: [0, 1], qos, window: 4, batch: 2, pattern,
  })

  it('sends what the window lets it, and the subscriber finds nothing wrong with it', () => {
    const giver = publisher(0)
    giver.pump(0)
    expect(giver.sent).toBe(4)
    giver.pump(3)
    expect(giver.sent).toBe(6)
    const taker = subscriber(0)
    // The ring is used again: what was written is read before that.
    for (const bytes of socket.written) socket.emit('data', bytes)
    expect(taker.deliveries).toBe(6)
  })

  it('finds acknowledgements that are out of order', () => {
    publisher(1).pump(0)
    socket.emit('data', Buffer.from('40020001', 'hex'))
    expect(() => socket.emit('data', Buffer.from('40020003', 'hex'))).toThrow('out of order')
  })
})

it('reads what the collector has freed, of whatever kind', () => {
  expect(freedSize([
    '[1:0x1] 131 ms: Scavenge 3.9 (4.0) -> 3.0 (5.0) MB, 0.60 / 0.00 ms  (average mu = 1.000) allocation failure;',
    'midge listens',
    '[1:0x1] 137 ms: Mark-Compact (reduce) 13.0 (15.0) -> 3.0 (5.2) MB, 4.53 / 0.00 ms',
  ].join('\n'))).toBeCloseTo(10.9e6, 0)
})

describe('a profile', () => {
  const node = (id: number, functionName: string, url = ''): object => ({ id, callFrame: { functionName, url } })
  const nodes = [
    node(1, '(idle)'), node(2, '(program)'), node(3, '(garbage collector)'), node(4, 'take', 'file:///midge.js'),
    node(5, 'emit', 'node:events'), node(6, 'writeBuffer'),
  ]

  it('says whose the samples are of a stretch, but for those in which nothing was to do', () => {
    const samples = [4, 4, 1, 2, 6, 3, 4, 5, 4]
    const profile = { nodes, samples, timeDeltas: samples.map(() => 10), startTime: 1_000 }
    expect(sharesOf(profile, 1_030, 1_090)).toEqual({ own: 0.2, 'Node\'s': 0.2, collector: 0.2, native: 0.4 })
  })

  it('of a stretch without a sample says nothing', () => {
    expect(sharesOf({ nodes, samples: [4], timeDeltas: [10], startTime: 0 }, 20, 30))
      .toEqual({ own: 0, 'Node\'s': 0, collector: 0, native: 0 })
  })
})

it('a ratio is the median of the runs\' own: a run that was disturbed is one of them', () => {
  const rates = (...all: number[]): object[] => all.map((rate) => ({ rate }))
  expect(ratioText('throughput', rates(100, 20, 90), rates(50, 10, 100))).toBe('2.00x')
  expect(ratioText('pingpong', [{ p50: 40 }], [{ p50: 50 }])).toBe('1.25x')
})

it('a relay stands where everybody gets everything, and nothing is acknowledged but ping-pong', () => {
  const relayed = Object.entries(ROWS).filter(([, row]) => isRelayed(row)).map(([name]) => name)
  expect(relayed).toEqual(expect.arrayContaining(['1-1', '1-8', 'single', '100-1', '100-8', 'exact-10k', 'pingpong']))
  for (const name of ['8-1', '8-8', '1-1-qos1', '8-8-qos1', '1-1-qos2', 'heap-1-1', 'retained']) {
    expect(relayed).not.toContain(name)
  }
})

it('every row has somebody for every message', () => {
  for (const [name, row] of Object.entries(ROWS) as [string, { kind: string } & Record<string, never>][]) {
    if (row.kind !== 'throughput') continue
    const { publishers, subscribers, topics } = row as unknown as {
      publishers: { topics: number[] }[], subscribers: { filters: string[], publishers: number[] }[], topics: string[]
    }
    for (const i of publishers.keys()) {
      expect(subscribers.some((taker) => taker.publishers.includes(i)), `${name}: publisher ${i}`).toBe(true)
    }
    // A publisher's ring holds packets of one size.
    expect(new Set(topics.map((topic) => topic.length)).size, name).toBe(1)
  }
  for (const name of QUICK_ROWS) expect(ROWS).toHaveProperty(name)
})

it('what every variant of the gateway changes is in its bundle', async () => {
  const code = await readableBundle()
  for (const [name, { changes }] of Object.entries(VARIANTS)) {
    if (changes.length) expect(variantOf(name, code)).not.toBe(code)
  }
})
