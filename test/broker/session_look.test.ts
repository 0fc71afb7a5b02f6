// What a program asks of a session, and says: bridges do.

import { expect, test } from 'vitest'
import { connect, publishStart, subscribe } from '../support/client'
import { memoryWorld } from '../support/memory_world'

const bytes = (text: string): Uint8Array => Buffer.from(text)

test('a subscription is found, whatever filter was read before', async () => {
  const world = await memoryWorld('host')
  const peer = await connect(world, { clientId: 'up' })
  await subscribe(peer, ['out/#', '$share/a group/in/#'])
  const isSubscribed = (filter: string): boolean => world.core.sessionIsSubscribed(bytes('up'), bytes(filter))
  expect(isSubscribed('out/#')).toBe(true)
  expect(isSubscribed('$share/a group/in/#')).toBe(true)
  expect(isSubscribed('out/#')).toBe(true)
  expect(isSubscribed('in/#')).toBe(false)
})

/** A session has no more Packet Identifiers. */
const IDENTIFIERS = 65_535
const OLDEST = 1

test('a queue that lets the oldest go has a bound, where none was said: its Packet Identifiers', async () => {
  const world = await memoryWorld('host')
  const away = await connect(world, { clientId: 'up', clean: false, properties: { sessionExpiryInterval: 3_600 } })
  await subscribe(away, { topic: '#', qos: 1 })
  await away.drop()
  world.core.sessionQueueBound(bytes('up'), Infinity, Infinity, OLDEST)
  const sensor = await connect(world)
  for (let i = 0; i < IDENTIFIERS + 5; i++) await publishStart(sensor, 'a', '', { qos: 1, messageId: 1 })
  const look = (what: number): number => world.core.sessionQueueLook(bytes('up'), what)
  expect([look(0), look(3)]).toEqual([IDENTIFIERS, 5])
})
