// SUBSCRIBE and UNSUBSCRIBE packets that are larger than a board's receive ring: their filters are taken as they come,
// wherever the packet is cut.
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { field, packet, properties, TYPE, uint16, type Bytes } from '../support/bytes'
import { connect, publish, receivePublish, refused } from '../support/client'

const FILTERS = Array.from({ length: 40 }, (_, index) => `homeassistant/sensor/entity_${'x'.repeat(index)}`)

const subscribePacket = (filters: Bytes[]): Bytes =>
  packet(TYPE.subscribe, 2, uint16(7), properties(), ...filters.map((filter) => [...filter, 1]))
const good = FILTERS.map((filter) => field(filter))
/** A good packet with one of its filters replaced. */
const broken = (index: number, filter: Bytes): Bytes =>
  subscribePacket(good.map((own, at) => at === index ? filter : own))

describe('a packet of filters that is larger than the receive ring', () => {
  for (const size of [1, 2, 31, 32, 33, 127, 536, 591, 592, 593]) {
    test(`comes in pieces of ${size} bytes`, async () => {
      const board = await boardWorld('esp32')
      const peer = await connect(board, { version: 5 })
      await peer.sendSplit(subscribePacket(good), [size])
      deepEqual((await peer.receive('suback')).granted, FILTERS.map(() => 1))
      const publisher = await connect(board, { version: 4 })
      for (const topic of FILTERS) {
        await publish(publisher, topic, 'x')
        equal((await receivePublish(peer)).topic, topic)
      }
      await peer.sendSplit(packet(TYPE.unsubscribe, 2, uint16(8), properties(), ...good), [size])
      const unsuback = await peer.receive('unsuback')
      deepEqual([...unsuback.bytes.subarray(5)], FILTERS.map(() => 0))
    })
  }

  test('is taken where values that are never written, names and half a packet fill the pool', async () => {
    const files = { 'midge.json': JSON.stringify({ persist: ['never #'] }) }
    const board = await boardWorld('esp32', {}, undefined, files)
    const peer = await connect(board, { version: 5 })
    const half = await connect(board, { version: 4 })
    const publisher = await connect(board, { version: 5 })
    for (let i = 0; i < 64; i++) await publish(publisher, `value/${i}`, 'x'.repeat(40), { retain: true })
    // Names of sessions take what there is for them.
    for (let i = 0; i < 4; i++) {
      const clientId = 'away'.repeat(15) + i
      const away = await connect(board, { version: 5, clientId, properties: { sessionExpiryInterval: 60 } })
      await away.send(packet(TYPE.disconnect, 0))
    }
    await half.send(packet(TYPE.publish, 0, field('half'), field('x'.repeat(300))).slice(0, 290))
    const many = Array.from({ length: 400 }, (_, index) => field(`entity/${index}/state`))
    await peer.sendSplit(subscribePacket(many), [385])
    deepEqual((await peer.receive('suback')).granted, many.map(() => 1))
  })

  const errors: [what: string, filter: Bytes, code: number][] = [
    ['is no UTF-8', field([0x61, 0xff, 0x62]), 0x81],
    ['has no characters', field(''), 0x81],
    ['has options of its future', [...field('a'), 0xc0, ...field('b')], 0x81],
    ['wants a QoS of 3', [...field('a'), 3, ...field('b')], 0x82],
  ]
  for (const [what, filter, code] of errors) {
    for (const index of [0, 1, 5, 20, 39]) {
      test(`is refused where filter ${index} ${what}`, async () => {
        const board = await boardWorld('esp32')
        const bytes = broken(index, filter)
        // What comes behind the filter makes no difference, and need not come.
        const end = subscribePacket(good.slice(0, index)).length + filter.length + 1
        const peer = await connect(board, { version: 5 })
        await peer.send(bytes.slice(0, Math.min(bytes.length, end + 592)))
        await refused(peer, code)
      })
    }
  }

  for (const index of [0, 5, 39]) {
    test(`refuses filter ${index} alone, which is larger than the ring`, async () => {
      const board = await boardWorld('esp32')
      const peer = await connect(board, { version: 5 })
      await peer.sendSplit(broken(index, field('x'.repeat(600))), [100])
      deepEqual((await peer.receive('suback')).granted, FILTERS.map((_, at) => at === index ? 0x97 : 1))
    })
  }

  test('of 3.1.1 that unsubscribes is refused where one is larger than the ring: nothing could say so', async () => {
    const board = await boardWorld('esp32')
    const peer = await connect(board, { version: 4 })
    await peer.send(packet(TYPE.unsubscribe, 2, uint16(8), ...good, field('x'.repeat(600))))
    await refused(peer)
  })

  test('is refused where it ends within a filter', async () => {
    const board = await boardWorld('esp32')
    const whole = subscribePacket(good)
    for (const missing of [1, 2, 10]) {
      const peer = await connect(board, { version: 5, clientId: 'short' })
      const size = whole.length - 3 - missing
      await peer.send([0x82, size & 127 | 128, size >> 7, ...whole.slice(3, whole.length - missing)])
      await refused(peer, 0x81)
    }
  })
})
