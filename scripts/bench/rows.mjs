// The rows of the comparison: who publishes what to whom.

/** Topics of one length, so that a publisher's packets are of one size. */
const topicsNamed = (count, prefix = 'bench/topic') =>
  Array.from({ length: count }, (_, i) => `${prefix}/${String(i).padStart(6, '0')}`)

const numbers = count => Array.from({ length: count }, (_, i) => i)

/** `publishers` to `subscribers`, everybody to everybody. */
function fan (publishers, subscribers, more = {}) {
  const topics = topicsNamed(publishers)
  return {
    kind: 'throughput', qos: 0, window: 4_096, batch: 256, topics,
    publishers: topics.map((_, i) => ({ topics: [i] })),
    subscribers: numbers(subscribers).map(() => ({ filters: topics, publishers: numbers(publishers) })),
    ...more,
  }
}

/** Each publisher to a subscriber of its own. */
function pairs (count, more = {}) {
  const topics = topicsNamed(count)
  return {
    ...fan(count, count, more),
    subscribers: topics.map((topic, i) => ({ filters: [topic], publishers: [i] })),
  }
}

/** One publisher through many topics, to one subscriber that has a filter for each. */
function spread (count, filterOf, more = {}) {
  const topics = topicsNamed(count).map(topic => `${topic}/value`)
  return {
    ...fan(1, 1, more), topics,
    publishers: [{ topics: numbers(count) }],
    subscribers: [{ filters: topics.map(filterOf), publishers: [0] }],
  }
}

const exact = topic => topic
const wildcard = topic => topic.replace(/value$/, '+')

/** 1→1 beside filters of others that do not match. */
function beside (count) {
  const others = topicsNamed(count, 'other/filter')
  const shares = numbers(Math.ceil(count / 10_000)).map(i => others.slice(i * 10_000, (i + 1) * 10_000))
  return fan(1, 1, { otherFilters: shares })
}

/** By name; in the order of the report. */
export const ROWS = {
  '1-1': fan(1, 1),
  '1-8': fan(1, 8, { window: 4_096 }),
  '8-1': fan(8, 1, { window: 512, batch: 128 }),
  '8-8': pairs(8, { window: 1_024, batch: 128 }),
  '1-1-qos1': fan(1, 1, { qos: 1, window: 400, batch: 40 }),
  '8-8-qos1': pairs(8, { qos: 1, window: 400, batch: 40 }),
  // Clients whose sessions outlive their connections: beside a broker that keeps them, where one is told to.
  'kept-8-8-qos1': pairs(8, { qos: 1, window: 400, batch: 40, isKept: true }),
  'kept-1-1-qos2': fan(1, 1, { qos: 2, window: 200, batch: 20, isKept: true }),
  '1-1-qos2': fan(1, 1, { qos: 2, window: 200, batch: 20 }),
  single: fan(1, 1, { batch: 1, window: 256 }),
  '100-1': fan(100, 1, { batch: 1, window: 4 }),
  '100-8': fan(100, 8, { batch: 1, window: 4 }),
  idle: fan(1, 1, { idle: 200 }),
  'exact-1k': spread(1_000, exact),
  'exact-10k': spread(10_000, exact),
  'wildcard-1k': spread(1_000, wildcard),
  'wildcard-10k': spread(10_000, wildcard),
  'heap-1-1': { ...fan(1, 1), kind: 'heap', count: 1_000_000 },
  'heap-8-8-qos1': { ...pairs(8, { qos: 1, window: 400, batch: 40 }), kind: 'heap', count: 1_000_000 },
  pingpong: { kind: 'pingpong' },
  retained: { kind: 'retained', count: 1_000 },
  'filters-10': beside(10),
  'filters-1k': beside(1_000),
  'filters-100k': beside(100_000),
  'connections-10': fan(1, 1, { idle: 10 }),
  'connections-1k': fan(1, 1, { idle: 1_000 }),
  'connections-10k': fan(1, 1, { idle: 10_000 }),
}

/**
 * Whether a relay of whole chunks can be in a broker's place: everybody gets everything, nothing is acknowledged but
 * ping-pong, and what several publishers send is not cut.
 * @param {{ [key: string]: any }} row
 */
export function isRelayed (row) {
  const { kind, qos, batch, publishers, subscribers } = row
  if (kind !== 'throughput') return kind === 'pingpong'
  return qos === 0 && (publishers.length === 1 || batch === 1)
    && subscribers.every(subscriber => subscriber.publishers.length === publishers.length)
}

/** A short tour, where not all rows are asked for. */
export const QUICK_ROWS = ['1-1', '1-8', '8-8-qos1', 'single', '100-1', 'pingpong', 'retained']
