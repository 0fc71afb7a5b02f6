// A board whose flash is full of long retained messages: it wears by what is published, and takes what has room.
import { equal, ok } from 'node:assert/strict'
import { test } from 'vitest'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { connect } from '../support/client'
import { tablesIn } from '../support/kept_tables'
import type { Peer } from '../support/peer'

const QUOTA_EXCEEDED = 0x97
const SIZES = [1_400, 3_000]
/** More than there is room for. */
const MESSAGES_MAX = 600
const SECTORS = 159
const VALUE_TOPICS = 12
const VALUES = 360
const VALUE_EVERY_MS = 5_000
const HOUR_MS = 3_600_000
/** More sectors than those behind which tables are kept. */
const FIRST_MESSAGES = 70
const QUIET_MS = 30_000
/** Of all sectors, as they are good for 100,000 each, that they last for ten years. */
const ERASES_MAX_HOURLY = SECTORS * 100_000 / (10 * 365 * 24)

const erases = ({ driver }: BoardWorld): number => driver.board.flash.eraseCounts.reduce((sum, count) => sum + count, 0)

/** Publishes to be retained; false: it is refused. */
async function isRetained(sender: Peer, topic: string, payload: string): Promise<boolean> {
  await sender.send({ cmd: 'publish', topic, payload, qos: 1, retain: true, dup: false, messageId: 1 })
  return (await sender.receive('puback')).reasonCode !== QUOTA_EXCEEDED
}

test.each(SIZES)('full of messages of %i bytes a board wears by what is published, and by nothing else', async size => {
  const board = await boardWorld('esp32')
  const sender = await connect(board, { version: 5 })
  let count = 0
  while (await isRetained(sender, `long/${count}`, `${count}`.padEnd(size, 'long'))) {
    ok(++count < MESSAGES_MAX, 'nothing is refused')
    // Two are a second's.
    if (count % 2) await board.advance(1_000)
  }
  ok(count >= SECTORS - 10, `only ${count} messages`)
  for (const gone of [count - 1, count - 2, count - 3]) ok(await isRetained(sender, `long/${gone}`, ''))
  // The tables of the start are kept at the hour.
  await board.advance(HOUR_MS)
  const before = erases(board)
  await board.advance(HOUR_MS)
  equal(erases(board) - before, 0)
  for (let value = 0; value < VALUES; value++) {
    ok(await isRetained(sender, `value/${value % VALUE_TOPICS}`, `value ${value}`), `value ${value} is refused`)
    await board.advance(VALUE_EVERY_MS)
  }
  ok(erases(board) - before < ERASES_MAX_HOURLY / 10, `${erases(board) - before} erases`)
  await board.close()
})

test('a full store has the tables of its start, however soon it was full', async () => {
  const board = await boardWorld('esp32')
  const sender = await connect(board, { version: 5 })
  // A board whose tables are kept once.
  const long = 'x'.repeat(SIZES[1])
  for (let count = 0; count < FIRST_MESSAGES; count++) ok(await isRetained(sender, `first/${count}`, long))
  await board.advance(QUIET_MS)
  equal(tablesIn(board.driver.board.flash.bytes).length, 1)
  let count = 0
  while (await isRetained(sender, `long/${count}`, `${count}`.padEnd(SIZES[1], 'long'))) {
    ok(++count < MESSAGES_MAX, 'nothing is refused')
  }
  ok(count > SECTORS / 3, `only ${count} messages`)
  await board.advance(QUIET_MS)
  equal(tablesIn(board.driver.board.flash.bytes).length, 1)
  await board.close()
})
