// What the lane hands on counts as much as what the broker does.

import { expect, test } from 'vitest'
import { connect, publishStart, subscribe } from '../support/client'
import { boardWorld } from '../support/board_world'

const MESSAGES = 5
/** CONNECT of three clients and SUBSCRIBE of two. */
const OTHERS = 5
/** The broker has published its numbers by then, milliseconds. */
const REPORTED_MS = 20_000

test('messages of a connection that ended before they were counted', async () => {
  const world = await boardWorld('esp32')
  const reader = await connect(world)
  await subscribe(reader, { topic: 'home/hall', qos: 0 })
  const sender = await connect(world)
  for (let number = 0; number < MESSAGES; number++) await publishStart(sender, 'home/hall', `p${number}`)
  expect(await reader.drain()).toHaveLength(MESSAGES)
  await sender.drop()
  const auditor = await connect(world)
  await subscribe(auditor, { topic: '$SYS/broker/messages/received', qos: 0 })
  await world.advance(REPORTED_MS)
  const [report] = await auditor.drain()
  expect(report.payload.toString()).toBe(String(MESSAGES + OTHERS))
})
