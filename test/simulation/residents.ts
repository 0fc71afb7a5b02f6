// Who lives in a home because of rights and groups: clients with boxes of their own, two who share a Client Identifier,
// and workers who share what is to be done while others look on.

import type { QoS } from 'mqtt-packet'
import { isSmall } from '../support/small_board'
import { Client } from './client'
import { subscription, terms } from './client_terms'
import { often, type Actor } from './actor'
import type { Home } from './home'
import { USERS } from './rights'

/** Of each user; a Topic Name has no plus sign. */
const drawBox = (home: Home): string => home.random.pick(USERS).replace('+', '')

/** The Will of every other resident: its CONNECT is larger than a board's receive ring. */
const LONG_WILL = 'g'.repeat(500)

/** Keeps things in the box of its name, looks into all boxes, and writes letters. */
function resident(home: Home, index: number): void {
  const { random } = home
  const version = random.pick([4, 5] as const)
  const client = new Client(home, terms({
    clientId: `resident-${index}`, version, clean: random.oneIn(2), keepalive: 60,
    properties: { sessionExpiryInterval: 300 },
    will: { topic: `box/${drawBox(home)}/gone`, payload: (index % 2 ? LONG_WILL : '') as never, qos: 1 },
    subscriptions: [subscription('box/+/#', random.below(3) as QoS), subscription(`mail/resident-${index}`, 1)],
  }))
  often(client, 20_000, () => {
    const topic = random.oneIn(3) ? `mail/resident-${random.below(4)}` : `box/${drawBox(home)}/${random.below(3)}`
    client.publish(topic, home.payload(), random.below(3) as QoS, random.oneIn(4))
  })
  often(client, 200_000, () => client.vanish(home.around(30_000)))
  client.connect()
}

/** Two users of one Client Identifier, one after the other: what waits for one is not always for the other. */
function tenants(home: Home, index: number): void {
  const { random } = home
  const version = random.pick([4, 5] as const)
  const [first, second] = USERS
  const pair = [first, second].map((user) => new Client(home, terms({
    clientId: `tenant-${index}`, user, version, clean: random.oneIn(5), isBrief: true, isInGroups: true,
    properties: { sessionExpiryInterval: 600, ...(random.oneIn(2) ? { receiveMaximum: 2 } : {}) },
    // It may be for the other's box, and then its client is refused.
    ...(random.oneIn(2) ? {} : {
      will: { topic: `box/${random.pick([first, second])}/gone`, payload: '' as never, qos: 1 },
    }),
    subscriptions: [subscription('box/+/#', random.pick([1, 2] as const)), subscription('alert/+', 1)],
  })))
  let turn = 0
  const move = (): void => {
    const client = pair[turn++ % 2]
    if (client.state === 'away') client.connect()
    client.later(home.around(15_000), () => client.state === 'connected' && random.oneIn(2)
      ? client.disconnect() : client.vanish(0))
    home.after(10_000 + home.around(40_000), move)
  }
  for (const client of pair) {
    // The one does not know which Packet Identifiers of QoS 2 the other has open.
    often(client, 4_000, () => client.publish(`box/${drawBox(home)}/0`, home.payload(), random.below(2) as QoS))
  }
  move()
}

/** A group that shares jobs, members of which are away now and then, and others who are told of all jobs at QoS 0. */
function workers(home: Home, index: number): void {
  const { random, oracle } = home
  const isShared = oracle.board.FEATURE_SHARED_SUBSCRIPTION
  // A small board has room for one group, and not for all the jobs of who is away.
  const isBoard = isSmall(oracle.board)
  if (isBoard && home.clients.some(({ terms: { clientId } }) => clientId.startsWith('worker-'))) return
  const members = 2 + random.below(2)
  for (let number = 0; number < members; number++) {
    const client = new Client(home, terms({
      clientId: `worker-${index}-${number}`, version: isShared ? 5 : 4, isInGroups: true, keepalive: 30,
      // Each may read jobs that the others may not.
      user: USERS[number],
      clean: isBoard || random.oneIn(2), properties: { sessionExpiryInterval: 120 },
      subscriptions: [subscription(isShared ? `$share/w${index}/job/${index}/+` : `job/${index}/+`,
        random.below(3) as QoS)],
    }))
    often(client, 60_000, () => client.vanish(home.around(20_000)))
    client.connect()
  }
  for (let number = random.below(3); number >= 0; number--) {
    new Client(home, terms({
      clientId: `watcher-${index}-${number}`, version: random.pick([4, 5] as const), keepalive: 60,
      subscriptions: [subscription(random.pick(['job/#', 'job/+/+', `job/${index}/#`, `+/${index}/+`]))],
    })).connect()
  }
  const foreman = new Client(home, terms({
    clientId: `foreman-${index}`, isNameless: true, version: random.pick([4, 5] as const),
  }))
  often(foreman, 6_000, () => {
    const job = random.oneIn(2) ? drawBox(home) : `${random.below(3)}`
    foreman.publish(`job/${index}/${job}`, home.payload(), random.below(3) as QoS)
  })
  foreman.connect()
}

export const residents: Actor[] = [
  { name: 'resident', start: resident }, { name: 'tenants', start: tenants }, { name: 'workers', start: workers },
]
