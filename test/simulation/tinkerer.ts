// A client that does anything that the standard permits: filters that overlap, options, Will Delays, expiry, aliases,
// identifiers, groups. What homes do is a small part of it.

import type { ISubscription, QoS } from 'mqtt-packet'
import { FILTERS as ALL_FILTERS, SHARED, TOPICS } from '../model/operations'
import type { Random } from '../model/random'
import { isSmall } from '../support/small_board'
import { Client } from './client'
import type { Home } from './home'

/** Not everything: what the others in a home say is theirs. */
const FILTERS = ALL_FILTERS.filter((filter) => filter !== '#')

function drawSubscription(random: Random, isFive: boolean, isShared: boolean): ISubscription {
  const topic = isShared && random.oneIn(5) ? random.pick(SHARED) : random.pick(FILTERS)
  return {
    topic, qos: random.below(3) as QoS, nl: isFive && !topic.startsWith('$share') && random.oneIn(5),
    rap: isFive && random.oneIn(3), rh: isFive ? random.below(3) : 0,
  }
}

interface Habits {
  client: Client
  random: Random
  isFive: boolean
  aliases: Map<number, string>
}

function subscribe({ client, random, isFive }: Habits): void {
  const { FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER } = client.home.oracle.board
  const list = Array.from({ length: 1 + random.below(2) },
    () => drawSubscription(random, isFive, isFive && FEATURE_SHARED_SUBSCRIPTION))
  const isDistinct = new Set(list.map(({ topic }) => topic)).size === list.length
  const identifier = isFive && FEATURE_SUBSCRIPTION_IDENTIFIER && random.oneIn(3) ? 1 + random.below(3) : 0
  client.subscribe(isDistinct ? list : list.slice(0, 1), identifier)
}

function publish({ client, random, isFive, aliases }: Habits): void {
  const topic = random.pick(TOPICS)
  const retain = random.oneIn(5)
  const payload = retain && random.oneIn(3) ? '' : client.home.payload() + '.'.repeat(random.below(30))
  const interval = isFive && random.oneIn(4) ? random.pick([15, 100]) : undefined
  const isAliased = isFive && client.home.oracle.board.FEATURE_TOPIC_ALIAS && random.oneIn(3)
  const topicAlias = isAliased ? 1 + random.below(3) : undefined
  const qos = random.below(3) as QoS
  if (topicAlias === undefined || qos > 0) {
    client.publish(topic, payload, qos, retain, interval ? { messageExpiryInterval: interval } : {})
    return
  }
  const isKnown = aliases.get(topicAlias) === topic
  aliases.set(topicAlias, topic)
  client.publish(isKnown ? '' : topic, payload, 0, retain, { topicAlias })
}

/** Several at once. */
function publishMany(habits: Habits): void {
  for (let count = 2 + habits.random.below(6); count > 0; count--) publish(habits)
}

const unsubscribe = ({ client, random }: Habits): void => client.unsubscribe(random.pick(FILTERS))

const leave = ({ client, random, isFive }: Habits): void =>
  client.disconnect(isFive ? random.pick([0, 0, 4]) : 0, client.home.around(random.pick([5_000, 60_000])))

const vanish = ({ client, random }: Habits): void => client.vanish(client.home.around(random.pick([1_000, 30_000])))

const HABITS = [
  publish, publish, publish, publish, publishMany, publishMany, subscribe, subscribe, unsubscribe, leave, vanish,
]

export function tinker(home: Home, index: number): void {
  const { random, oracle } = home
  const version = random.pick([4, 5, 5] as const)
  const isFive = version === 5
  // On a small board what waits for a client that is away has its limit.
  const clean = isSmall(oracle.board) && !oracle.isCrowded ? true : random.oneIn(3)
  const receiveMaximum = random.pick([undefined, 1, 2, 5])
  const client = new Client(home, {
    clientId: `tinkerer-${index}`, version, clean, isInGroups: true, keepalive: random.pick([0, 20, 120]),
    properties: {
      sessionExpiryInterval: clean ? 0 : random.pick([20, 200, 0xffff_ffff]),
      ...(receiveMaximum ? { receiveMaximum } : {}), ...(random.oneIn(2) ? { topicAliasMaximum: 2 } : {}),
    },
    ...(random.oneIn(4) ? {} : { will: {
      topic: random.pick(TOPICS), payload: '' as never, qos: random.below(3) as QoS, retain: random.oneIn(3),
      ...(isFive ? { properties: {
        willDelayInterval: random.pick([0, 10, 10, 60]), ...(random.oneIn(3) ? { messageExpiryInterval: 15 } : {}),
      } } : {}),
    } }),
    subscriptions: [...new Set(['a/#', random.pick(FILTERS)])].map((topic) =>
      ({ topic, qos: random.below(3) as QoS, nl: false, rap: false, rh: 0 })),
  })
  const habits: Habits = { client, random, isFive, aliases: new Map() }
  const turn = (): void => {
    random.pick(HABITS)(habits)
    client.later(home.around(4_000), turn)
  }
  client.onConnected = () => {
    habits.aliases.clear()
    client.later(home.around(4_000), turn)
  }
  client.connect()
}
