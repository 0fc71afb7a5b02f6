// What goes out by a bridge goes there as to any subscriber: what the express lane hands on to others without the
// broker, it hands on to a bridge without it too.
import { expect, test } from 'vitest'
import { bundleFor } from '../../scripts/build/edition.mjs'
import { connect, publish } from '../support/client'
import type { BoardWorld } from '../support/board_world'
import { bridgedBoards } from './bridged_boards'

const CONNECTED_MS = 3_000
const READINGS = 20

/** Has the board count in a global how often a packet goes to the broker, of which the express lane knows nothing. */
async function receivesCount({ driver: { board } }: BoardWorld): Promise<() => number> {
  const { receive } = (await bundleFor('esp32')).names!
  board.evaluate(`receives=0;(function(f){${receive}=function(a,b){receives++;f(a,b)}})(${receive})`)
  return () => board.evaluate('receives') as number
}

test.each([['mqttv50', 5], ['mqttv50', 4], ['mqttv311', 5], ['mqttv311', 4]] as const)(
  'a bridge of %s gets a repeated reading from a client of version %i as a subscriber does', async (level, version) => {
    const boards = await bridgedBoards(['sensors/# out 1 "" attic/'], { lines: [`bridge_protocol_version ${level}`] })
    await boards.advance(CONNECTED_MS)
    const receives = await receivesCount(boards.here)
    const above = await connect(boards.there, { version: 4 })
    await above.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'attic/#', qos: 0 }] })
    const sensor = await connect(boards.here, { version })
    const reading = async (text: string): Promise<void> => {
      await publish(sensor, 'sensors/1', text, { qos: 0 })
      await boards.carry()
    }
    await reading('first')
    const before = receives()
    expect(before).toBeGreaterThan(0)
    // As long as the first.
    for (let i = 0; i < READINGS; i++) await reading(`now ${i % 10}`)
    expect(receives()).toBe(before)
    const texts = (await above.drain()).flatMap((packet) => packet.cmd === 'publish' ? [String(packet.payload)] : [])
    expect(texts).toEqual(['first', ...Array.from({ length: READINGS }, (_, i) => `now ${i % 10}`)])
  })
