// Topic matching through the whole broker, against a matcher that is easy to believe.

import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { naiveMatch } from '../model/naive_match'
import { connect, publish, subscribe, unsubscribe } from '../support/client'
import { memoryWorld } from '../support/memory_world'

const level = fc.constantFrom('', 'a', 'b', 'ab', 'B', 'é', '$a', ' ')
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'))
  .filter((text) => text !== '')
const filter = fc.tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/')).filter((text) => text !== '')

describe.each(['host', 'test'] as const)('on %s', (name) => {
  test('topics reach exactly the filters that match', async () => {
    const world = await memoryWorld(name)
    const sender = await connect(world)
    const readers = [await connect(world), await connect(world, { version: 4 })]
    const filterLists = fc.tuple(fc.array(filter, { minLength: 1, maxLength: 4 }),
      fc.array(filter, { minLength: 1, maxLength: 4 }))
    await fc.assert(fc.asyncProperty(filterLists, fc.array(topic, { minLength: 1, maxLength: 6 }),
      async (lists, topics) => {
      const granted: string[][] = []
      for (const [index, reader] of readers.entries()) {
        const codes = await subscribe(reader, lists[index])
        // A board's tables may be too small for so many shapes of filters; those count as refused.
        granted.push(lists[index].filter((_, at) => codes[at] < 0x80))
      }
      // Twice, so that the second time is answered from what was remembered.
      for (let round = 0; round < 2; round++) {
        for (const one of topics) await publish(sender, one, '')
        for (const [index, reader] of readers.entries()) {
          const expected = topics.filter((one) => granted[index].some((each) => naiveMatch(each, one)))
          deepEqual((await reader.drain()).map((packet) => packet.topic), expected)
        }
      }
      for (const [index, reader] of readers.entries()) await unsubscribe(reader, ...lists[index])
    }), { numRuns: 1_500 })
  })
})
