// The express lane hands on a PUBLISH at QoS 1 under its publisher's Packet Identifier: the broker's own ones, which a
// message of a session that is kept has from when it is queued, keep clear of it.
import { deepEqual } from 'node:assert/strict'
import { test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect, subscribe } from '../support/client'

test('no two messages of a session have one Packet Identifier, while its client is away', async () => {
  const board = await boardWorld('esp32')
  const session = { version: 4 as const, clientId: 'keeper', clean: false }
  const before = await connect(board, session)
  await subscribe(before, [{ topic: 'reading', qos: 1 }])
  const publisher = await connect(board, { version: 4 })
  const publish = async (messageId: number): Promise<void> => {
    const payload = String(messageId)
    await publisher.send({ cmd: 'publish', topic: 'reading', payload, qos: 1, dup: false, retain: false, messageId })
    await publisher.receive('puback')
  }
  // The broker's first, then the lane's under the publisher's identifier, which is the broker's next.
  await publish(9)
  await publish(2)
  await before.drop()
  await publish(5)
  await publish(6)
  const after = await connect(board, session)
  const identifiers = (await after.drain()).map(({ messageId }) => messageId)
  deepEqual([identifiers.length, new Set(identifiers).size], [4, 4])
})
