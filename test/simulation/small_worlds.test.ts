// All orders of two clients' few steps, with QoS 1 and 2 and reconnects at every point.

import { describe, test } from 'vitest'
import { memoryWorld } from '../support/memory_world'
import {
  acknowledge, connect, connectClean, disconnect, drop, interleavings, publish, release, runOrder, subscribe, type Act,
} from './small_world'

interface SmallWorld { name: string, publisher: Act[], subscriber: Act[] }

const worlds: SmallWorld[] = [
  {
    name: 'QoS 2 is sent again by a publisher that was lost, to a subscriber that is',
    publisher: [connect, publish('one', 2), drop, connect, publish('one', 2, { dup: true }), release],
    subscriber: [connect, subscribe(2), acknowledge, drop, connect, acknowledge],
  },
  {
    name: 'two messages and a window of one, across a take-over',
    publisher: [connect, publish('one', 1), publish('two', 1), disconnect],
    subscriber: [connect, subscribe(1), acknowledge, connect, acknowledge, acknowledge],
  },
  {
    name: 'PUBREL is sent again to a subscriber that was lost behind its PUBREC',
    publisher: [connect, publish('one', 2), release, publish('two', 2), release],
    subscriber: [connect, subscribe(2), acknowledge, acknowledge, drop, connect, acknowledge],
  },
  {
    name: 'a session that is started clean has nothing left',
    publisher: [connectClean, publish('one', 1), drop, connectClean, publish('two', 2)],
    subscriber: [connect, subscribe(2), drop, connectClean, subscribe(1), acknowledge],
  },
  {
    name: 'a retained message comes, changes and goes between subscriptions',
    publisher: [connect, publish('one', 1, { retain: true }), publish('two', 0, { retain: true }),
      publish('', 1, { retain: true })],
    subscriber: [connect, subscribe(1), acknowledge, subscribe(2), acknowledge, drop, connect],
  },
]

describe('every order of', () => {
  for (const { name, publisher, subscriber } of worlds) {
    const orders = interleavings(publisher.length, subscriber.length)
    for (const version of [4, 5] as const) {
      test(`${name}, version ${version}: ${orders.length} orders`, async () => {
        for (const order of orders) await runOrder(() => memoryWorld('esp32'), version, publisher, subscriber, order)
      })
    }
  }
})
