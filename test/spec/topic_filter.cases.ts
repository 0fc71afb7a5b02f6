import { deepEqual } from 'node:assert/strict'
import { connect, publish, subscribe, unsubscribe } from '../support/client'
import { inBoth, type Case } from './case'

/** Filters with the topics that they match and do not match. */
const MATCHES: [filter: string, matching: string[], others: string[]][] = [
  ['a', ['a'], ['b', 'a/', '/a', 'A', 'aa', 'a/b']],
  ['a/b', ['a/b'], ['a', 'a/b/c', 'a/B', 'a//b', 'b/a']],
  ['/', ['/'], ['//', 'a', 'a/', '/a']],
  ['#', ['a', '/', '/a', 'a/b', 'a/b/c/d', '//'], ['$SYS/x', '$x']],
  ['/#', ['/', '/a', '/a/b', '//'], ['a', 'a/b']],
  ['a/#', ['a', 'a/', 'a/b', 'a/b/c', 'a//'], ['b', 'aa', 'aa/b', '/a']],
  ['a/b/#', ['a/b', 'a/b/', 'a/b/c', 'a/b/c/d'], ['a', 'a/c', 'a/bb']],
  ['+', ['a', 'abc'], ['/', 'a/b', '/a', 'a/', '$x']],
  ['+/+', ['/', 'a/b', '/a', 'a/'], ['a', 'a/b/c', '//', '$SYS/a']],
  ['/+', ['/a', '/'], ['a', '/a/b', '//']],
  ['a/+', ['a/b', 'a/'], ['a', 'a/b/c', 'b/b']],
  ['+/b', ['a/b', '/b'], ['b', 'a/b/c', 'a/a/b', '$a/b']],
  ['a/+/c', ['a/b/c', 'a//c'], ['a/c', 'a/b/b/c', 'a/b/c/d', 'a/b']],
  ['+/+/+', ['a/b/c', '//'], ['a/b', 'a/b/c/d']],
  ['+/b/#', ['a/b', 'a/b/c', '/b/c'], ['b', 'a/c', '$a/b']],
  ['a/+/#', ['a/b', 'a/b/c', 'a/'], ['a', 'b/b']],
  ['$x/#', ['$x', '$x/a'], ['x', 'x/a', '$y']],
  ['$x/+', ['$x/a'], ['$x', '$x/a/b']],
]

export const topicFilterCases: Case[] = [
  ...MATCHES.flatMap(([filter, matching, others]) => inBoth(`what the filter ${filter} matches`,
    '3.3.2-3 4.7.1-2 4.7.1-3 4.7.2-1 4.7.3-4', '3.3.2-3 4.7.1-1 4.7.1-2 4.7.2-1 4.7.3-4', async (world, version) => {
      const peer = await connect(world, { version })
      const sender = await connect(world, { version })
      await subscribe(peer, filter)
      // Twice: the second time from whatever was remembered of the first.
      for (const round of [1, 2]) {
        for (const topic of [...matching, ...others]) await publish(sender, topic, `${round}`)
        deepEqual((await peer.drain()).map(({ topic }) => topic), matching)
      }
      await unsubscribe(peer, filter)
      for (const topic of matching) await publish(sender, topic, 'p')
      await peer.silence()
    })),
  ...inBoth('many filters of one client', '3.3.2-3', '3.3.2-3', async (world, version) => {
    const peer = await connect(world, { version })
    const filters = ['a', 'b', '+/x', 'c/#', 'd/e/f', '/']
    await subscribe(peer, filters)
    const sender = await connect(world, { version })
    const topics = ['a', 'b', 'c', 'q/x', 'c/x', 'c/y/z', 'd/e', 'd/e/f', '/', '/x']
    for (const topic of topics) await publish(sender, topic, 'p')
    deepEqual((await peer.drain()).map(({ topic }) => topic),
      ['a', 'b', 'c', 'q/x', 'c/x', 'c/y/z', 'd/e/f', '/', '/x'])
  }),
  ...inBoth('a subscription that comes or goes counts for the next message', '4.5.0-1', '4.5.0-1', async (
    world, version,
  ) => {
    const one = await connect(world, { version })
    const two = await connect(world, { version })
    const sender = await connect(world, { version })
    const heard = async (): Promise<number[]> => {
      await publish(sender, 't/1', 'p')
      return [(await one.drain()).length, (await two.drain()).length]
    }
    deepEqual(await heard(), [0, 0])
    await subscribe(one, 't/1')
    deepEqual(await heard(), [1, 0])
    await subscribe(two, 't/+')
    deepEqual(await heard(), [1, 1])
    await unsubscribe(one, 't/1')
    deepEqual(await heard(), [0, 1])
    await two.drop()
    deepEqual(await heard(), [0, 0])
  }),
]
