// What is acknowledged is kept before the acknowledgement leaves, also where the express lane could hand it on: a
// session that outlives the power has it when that comes back.
import { expect, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect, publish, subscribe } from '../support/client'

test('a message to a session that is kept outlives a power cut before its client has acknowledged it', async () => {
  const board = await boardWorld('esp32')
  const session = { version: 4 as const, clientId: 'keeper', clean: false }
  const before = await connect(board, session)
  await subscribe(before, [{ topic: 'reading', qos: 1 }])
  const publisher = await connect(board, { version: 4 })
  for (const payload of ['one', 'two', 'three', 'four']) await publish(publisher, 'reading', payload, { qos: 1 })
  expect((await before.drain()).map(({ payload }) => payload.toString())).toEqual(['one', 'two', 'three', 'four'])
  const again = await boardWorld('esp32', {}, 1, {}, {}, board.flash!.slice())
  const after = await connect(again, session)
  const kept = (await after.drain()).map(({ payload }) => payload.toString())
  expect(kept).toEqual(['one', 'two', 'three', 'four'])
})
