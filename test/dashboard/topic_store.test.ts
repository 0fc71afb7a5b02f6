// The topics that the page keeps: a tree with a bound, whatever strangers publish.
import { describe, expect, it } from 'vitest'
import { TopicStore } from '../../src/dashboard/topic_store'

const publish = (topic: string, payload = '', retain = false) => ({
  topic, payload: Buffer.from(payload), qos: 0, retain, isDuplicate: false, packetIdentifier: 0,
  properties: Buffer.alloc(0), subscriptions: [], hops: 0, path: [],
})

const namesOf = (store: TopicStore, search = '', isRetainedOnly = false): string[] =>
  store.shown(search, isRetainedOnly).map(({ topic }) => topic)

describe('topics', () => {
  it('are a tree whose branches are opened one by one', () => {
    const store = new TopicStore()
    for (const topic of ['home/hall/lamp', 'home/attic', 'home', 'a//b']) store.take(publish(topic, '1'))
    expect(namesOf(store)).toEqual(['a', 'home'])
    store.root.children.get('home')!.isOpen = true
    expect(namesOf(store)).toEqual(['a', 'home', 'home/attic', 'home/hall'])
    expect(store.root.children.get('home')!.count).toBe(3)
  })

  it('are found with all that leads to them', () => {
    const store = new TopicStore()
    for (const topic of ['home/hall/lamp', 'home/attic', 'garden/lamp']) store.take(publish(topic, '1', topic < 'h'))
    expect(namesOf(store, 'LAMP')).toEqual(['garden', 'garden/lamp', 'home', 'home/hall', 'home/hall/lamp'])
    expect(namesOf(store, '', true)).toEqual(['garden', 'garden/lamp'])
    expect(namesOf(store, 'none')).toEqual([])
  })

  it('know what is retained: a message without RETAIN changes nothing, an empty one ends it', () => {
    const store = new TopicStore()
    const isRetained = (): boolean => store.shown('', false)[0].value!.isRetained
    store.take(publish('a', '1', true))
    store.take(publish('a', '2'))
    expect(isRetained()).toBe(true)
    store.take(publish('a', '', true))
    expect(isRetained()).toBe(false)
  })

  it('are 5,000 at the most, and what does not fit is counted', () => {
    const store = new TopicStore()
    for (let i = 0; i < 6_000; i++) store.take(publish(`t${i}`, '1'))
    expect(store.shown('', false)).toHaveLength(5_000)
    expect(store.ignored).toBe(1_000)
    expect(store.take(publish('t1', '2'))!.value!.count).toBe(2)
  })

  it('are no deeper than 24 levels, and keep 64 KB and 60 numbers of each', () => {
    const store = new TopicStore()
    const deep = store.take(publish(`${'/'.repeat(30_000)}end`, 'x'.repeat(100_000)))!
    expect(deep.level).toBe(24)
    expect(deep.value!.payload).toHaveLength(65_536)
    expect(deep.value!.size).toBe(100_000)
    for (let i = 0; i < 100; i++) store.take(publish('n', String(i)))
    expect(store.take(publish('n', '100'))!.value!.numbers).toHaveLength(60)
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be called %s', (name) => {
    const store = new TopicStore()
    expect(store.take(publish(`${name}/${name}`, '1'))!.topic).toBe(`${name}/${name}`)
    expect(namesOf(store)).toEqual([name])
  })
})
