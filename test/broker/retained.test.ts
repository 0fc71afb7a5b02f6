// Retained messages and the filters of a SUBSCRIBE: how many topics a filter looks at, and that a client which takes
// them slowly misses none and gets none twice, whatever comes and goes meanwhile.
import { describe, expect, it } from 'vitest'
import { SETTING_QUEUE } from '../../src/broker/settings'
import { naiveMatch } from '../model/naive_match'
import { Random } from '../model/random'
import { connect, publish, publishStart, subscribe } from '../support/client'
import { type MemoryWorld, memoryWorld } from '../support/memory_world'
import type { AnyPacket, Peer } from '../support/peer'

const PER_PACKET = 100

/** Subscribes and answers how many messages came at once, without a tick. */
async function subscribeMany(peer: Peer, filters: string[]): Promise<number> {
  for (let i = 0; i < filters.length; i += PER_PACKET) {
    const messageId = peer.identifier()
    const subscriptions = filters.slice(i, i + PER_PACKET).map((topic) => ({ topic, qos: 0 }))
    await peer.send({ cmd: 'subscribe', messageId, subscriptions } as never)
  }
  return (await peer.drain()).filter(({ cmd }) => cmd === 'publish').length
}

async function retain(peer: Peer, topics: string[], payload = 'x'): Promise<void> {
  for (const topic of topics) await publishStart(peer, topic, payload, { retain: true })
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** A broker with so many retained messages, as homes have them and all at one level. */
async function worldWith(count: number): Promise<{ world: MemoryWorld, peer: Peer, topics: string[] }> {
  const world = await memoryWorld('host')
  const peer = await connect(world)
  const topics = numbers(count).map((i) => i % 2 ? `home/room${i % 50}/device${i}/state` : `flat/${i}`)
  await retain(peer, topics)
  return { world, peer, topics }
}

describe('how much a filter looks at', () => {
  it.each([[5_000, 500], [20_000, 300]])('%i retained messages, %i filters that match none', async (count, filters) => {
    const { world, peer } = await worldWith(count)
    const none = numbers(filters).map((i) => [`none/${i}/+`, `home/+/none${i}/#`, `+/none/${i}`, `$x/${i}/#`][i % 4])
    expect(await subscribeMany(peer, none)).toBe(0)
    expect(world.core.retainedIsBehind()).toBe(false)
    // What matches comes at once.
    expect(await subscribeMany(peer, ['home/room7/+/state', 'flat/42/#', 'flat/+/none']))
      .toBe(numbers(count).filter((i) => i % 2 && i % 50 === 7).length + 1)
    expect(world.core.retainedIsBehind()).toBe(false)
  })

  it('messages that were retained once cost nothing', async () => {
    const { world, peer, topics } = await worldWith(50_000)
    await retain(peer, topics, '')
    await retain(peer, ['kept/1'])
    expect(await subscribeMany(peer, numbers(500).map((i) => `+/+/${i}`))).toBe(0)
    expect(await subscribeMany(peer, ['#'])).toBe(1)
    expect(world.core.retainedIsBehind()).toBe(false)
  })

  it('what looks at too much waits for ticks, and others do not wait for it', async () => {
    const { world, peer } = await worldWith(5_000)
    const greedy = await connect(world)
    await subscribeMany(greedy, numbers(1_000).map((i) => `+/+/none${i}`))
    expect(world.core.retainedIsBehind()).toBe(true)
    const own = subscribeMany(peer, ['flat/4/#'])
    await world.advance(2_000)
    await world.advance(1_000)
    expect(await own + (await peer.drain()).length).toBe(1)
    for (let i = 0; i < 60 && world.core.retainedIsBehind(); i++) await world.advance(1_000)
    expect(world.core.retainedIsBehind()).toBe(false)
    expect(await subscribeMany(greedy, ['flat/8/#'])).toBe(1)
  })
})

const LEVELS = ['a', 'b', 'c', '', 'long level', '$d']

const topicDraw = (random: Random): string => {
  const levels = numbers(1 + random.below(6)).map(() => LEVELS[random.below(random.below(2) ? 2 : LEVELS.length)])
  return levels.join('/') || 'a'
}

function filterDraw(random: Random): string {
  const levels = topicDraw(random).split('/').map((level) => random.below(3) ? level : '+')
  if (random.below(2)) levels.splice(random.below(levels.length + 1), levels.length, '#')
  if (!levels.some((level) => level === '+' || level === '#')) levels[0] = '+'
  return levels.join('/')
}

/** A client that acknowledges one message at a time, while topics come and go. */
async function takeSlowly(seed: number): Promise<void> {
  const random = new Random(seed)
  const world = await memoryWorld('host')
  world.core.settingSet(SETTING_QUEUE, 1)
  const peer = await connect(world)
  const kept = new Set<string>()
  const inbox: AnyPacket[] = []
  const collect = async (): Promise<void> => {
    inbox.push(...(await peer.drain()).filter(({ cmd }) => cmd === 'publish'))
  }
  const change = async (): Promise<void> => {
    const isRemoved = kept.size > 0 && random.below(2) > 0
    const topic = isRemoved ? [...kept][random.below(kept.size)] : topicDraw(random)
    const isBrief = random.oneIn(3)
    const properties = isBrief ? { messageExpiryInterval: 1 } : {}
    await publishStart(peer, topic, isRemoved ? '' : 'x', { retain: true, qos: 1, properties })
    await collect()
    brief.delete(topic)
    if (isRemoved) gone(topic)
    else {
      kept.add(topic)
      added.add(topic)
      if (isBrief) brief.add(topic)
    }
    if (!random.oneIn(8)) return
    await world.advance(2_000)
    await collect()
    for (const one of brief) gone(one)
    brief.clear()
  }
  /** They expire when time passes. */
  const brief = new Set<string>()
  const gone = (topic: string): void => {
    kept.delete(topic)
    removed.add(topic)
  }
  let removed = new Set<string>()
  let added = new Set<string>()
  for (let round = 0; round < 6; round++) {
    for (let i = random.below(40); i > 0; i--) await change()
    const filter = filterDraw(random)
    const expected = [...kept].filter((topic) => naiveMatch(filter, topic))
    removed = new Set()
    added = new Set()
    const got: string[] = []
    await subscribe(peer, { topic: filter, qos: 1, nl: true })
    await collect()
    for (let packet; (packet = inbox.shift()); await collect()) {
      got.push(packet.topic)
      for (let i = random.below(4); i > 0; i--) await change()
      await peer.send({ cmd: 'puback', messageId: packet.messageId })
    }
    const label = `seed ${seed}: ${filter} of ${[...kept].join(' ')} got ${got.join(' ')}`
    expect(got.filter((topic) => !naiveMatch(filter, topic)), label).toEqual([])
    const once = got.filter((topic) => !added.has(topic))
    expect(new Set(once).size, label).toBe(once.length)
    expect(expected.filter((topic) => !removed.has(topic) && !got.includes(topic)), label).toEqual([])
    expect(once.filter((topic) => !expected.includes(topic)), label).toEqual([])
  }
  // Everything can be given back, and the tree begins anew.
  for (const topic of kept) await publishStart(peer, topic, '', { retain: true })
  await publishStart(peer, 'a/b', 'last', { retain: true })
  await subscribe(peer, { topic: 'a/#', qos: 1 })
  expect((await peer.drain()).map(({ topic }) => topic)).toEqual(['a/b'])
}

describe('a client that takes retained messages slowly misses none and gets none twice', () => {
  it.each(numbers(8))('seeds from %i00 on', async (hundred) => {
    for (let seed = hundred * 100; seed < hundred * 100 + 25; seed++) await takeSlowly(seed)
  })

  it('topics and filters of more levels than are looked at one by one', async () => {
    const world = await memoryWorld('host')
    const peer = await connect(world)
    const deep = (count: number, last: string): string => [...numbers(count).map(() => 'd'), last].join('/')
    for (const count of [30, 31, 127, 128, 129, 200]) {
      await publish(peer, deep(count, 'x'), `${count}`, { retain: true })
      await publish(peer, deep(count, 'y'), 'no', { retain: true })
      for (const filter of [deep(count, 'x').replace('d', '+'), deep(count - 1, '+/x')]) {
        await subscribe(peer, filter)
        expect((await peer.drain()).map(({ payload }) => payload.toString()), filter.slice(-8)).toEqual([`${count}`])
      }
    }
  })
})
