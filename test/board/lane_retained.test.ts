// A retained value that comes again and again is written by the express lane: it is in flash before it is acknowledged,
// whole or not at all, and in its own topic's place.
import { describe, expect, test } from 'vitest'
import { Random } from '../model/random'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import type { Peer } from '../support/peer'
import { recordChanges, torn, wordsOf } from './torn_flash'

const TOPIC = 'meter/power'
const retained = { qos: 1, retain: true } as const

const world = (flash?: Uint8Array): Promise<BoardWorld> => boardWorld('esp32', {}, 1, {}, {}, flash)
const flashOf = (board: BoardWorld): Uint8Array => board.driver.board.flash.bytes.slice()

async function publishAll(publisher: Peer, topic: string, payloads: string[]): Promise<void> {
  for (const payload of payloads) await publish(publisher, topic, payload, retained)
}

/** What a board that starts with a flash has retained, by topic. */
async function retainedOf(flash: Uint8Array): Promise<Record<string, string>> {
  const board = await world(flash)
  const reader = await connect(board, { version: 4 })
  await subscribe(reader, { topic: '#', qos: 0 })
  const packets = await reader.drain()
  await board.close()
  return Object.fromEntries(packets.map(({ topic, payload }) => [topic, payload.toString()]))
}

describe('a retained value that comes again', () => {
  test('a power cut at any word leaves the one before or the new one', async () => {
    const board = await world()
    const publisher = await connect(board, { version: 4 })
    await publishAll(publisher, TOPIC, ['value 1', 'value 2'])
    const { base, changes } = recordChanges(board.driver)
    await publish(publisher, TOPIC, 'value 3', retained)
    // The record; that it counts; and that the former is gone.
    expect(changes.map(({ bytes }) => bytes.length)).toEqual([52, 4, 4])
    const found = new Set<string>()
    const random = new Random(1)
    for (const change of changes) {
      for (let words = 0; words < wordsOf(change); words++) {
        found.add((await retainedOf(torn(base, change, words, random)))[TOPIC])
      }
      base.set(change.bytes, change.address)
    }
    expect([...found].sort()).toEqual(['value 2', 'value 3'])
    expect(await retainedOf(base)).toEqual({ [TOPIC]: 'value 3' })
  })

  test('the last one is kept, whoever sent it and however long it is', async () => {
    const board = await world()
    const publishers = [await connect(board, { version: 4 }), await connect(board, { version: 5 })]
    // More than a sector of the flash has room for.
    for (let number = 0; number < 100; number++) {
      await publish(publishers[number % 2], TOPIC, `${number}`.repeat(1 + number % 3), retained)
    }
    expect(await retainedOf(flashOf(board))).toEqual({ [TOPIC]: '99' })
  })

  test('another topic has the row of one that was emptied', async () => {
    const board = await world()
    const publisher = await connect(board, { version: 4 })
    const other = await connect(board, { version: 4 })
    await publishAll(publisher, TOPIC, ['value 1', 'value 2', 'value 3'])
    await publish(other, TOPIC, '', retained)
    await publish(other, 'meter/heat!', 'other 1', retained)
    await publish(publisher, TOPIC, 'value 4', retained)
    expect(await retainedOf(flashOf(board))).toEqual({ [TOPIC]: 'value 4', 'meter/heat!': 'other 1' })
  })

  test('a value that is still on its way to somebody stays until it is acknowledged', async () => {
    const board = await world()
    const publisher = await connect(board, { version: 4 })
    await publishAll(publisher, TOPIC, ['value 1', 'value 2', 'value 3'])
    const session = { version: 4 as const, clientId: 'keeper', clean: false }
    const reader = await connect(board, session)
    await subscribe(reader, { topic: TOPIC, qos: 1 })
    expect(await reader.drain()).toHaveLength(1)
    const bystander = await connect(board, { version: 4 })
    await publishAll(bystander, TOPIC, ['value 4', 'value 5', 'value 6'])
    const again = await connect(await world(flashOf(board)), session)
    const payloads = (await again.drain()).map(({ payload }) => payload.toString())
    expect(payloads).toEqual(['value 3', 'value 4', 'value 5', 'value 6'])
  })

  test('readers get RETAIN as they asked for it', async () => {
    const board = await world()
    const publisher = await connect(board, { version: 4 })
    const plain = await connect(board, { version: 4 })
    const asPublished = await connect(board, { version: 5 })
    await subscribe(plain, { topic: TOPIC, qos: 1 })
    for (let number = 0; number < 4; number++) {
      if (number === 2) await subscribe(asPublished, { topic: TOPIC, qos: 0, rap: true, rh: 2 })
      await publish(publisher, TOPIC, `value ${number}`, retained)
      const { retain, qos, payload } = await receivePublish(plain)
      expect([retain, qos, payload.toString()]).toEqual([false, 1, `value ${number}`])
    }
    expect((await asPublished.drain()).map(({ retain, payload }) => [retain, payload.toString()]))
      .toEqual([[true, 'value 2'], [true, 'value 3']])
  })
})
