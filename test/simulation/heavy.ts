// Who asks much of a home: large messages and slow readers, hundreds of filters of odd shapes, hundreds of retained
// messages, and exchanges of QoS 2 that stay open over many connections.

import type { QoS } from 'mqtt-packet'
import { isSmall } from '../support/small_board'
import { often, type Actor } from './actor'
import { Client } from './client'
import { subscription, terms } from './client_terms'
import type { Home } from './home'

/** Bytes of a picture: on a computer beyond every buffer, on a board beyond its ring, its credit and one chunk. */
const PICTURES = [50_000, 300_000, 1_200_000, 3_000_000]
const PICTURES_OF_BOARD = [600, 2_000, 4_500]
/** Bytes that a slow reader reads in a second. */
const RATES = [200, 3_000, 100_000]
const LEVELS = 10

/** What the engine has no memory for ends in another start of the board: not in a home where memory becomes low. */
const isShort = (home: Home): boolean => home.swarm.faults.some(({ name }) => name === 'memory low')

/** Sends a picture now and then, and looks at what others send. A small board has room for one. */
function camera(home: Home, index: number): void {
  const { random, oracle } = home
  const isBoard = isSmall(oracle.board)
  if (isBoard && home.clients.some(({ terms: { clientId } }) => clientId.includes('camera'))) return
  const pictures = isShort(home) ? PICTURES_OF_BOARD.slice(0, 1) : PICTURES_OF_BOARD
  const client = new Client(home, terms({
    clientId: `camera-${index}`, version: random.pick([4, 5] as const),
    subscriptions: random.oneIn(2) ? [subscription('image/#')] : [],
  }))
  often(client, isBoard ? 60_000 : 200_000, () => {
    const size = random.pick(isBoard ? pictures : PICTURES)
    const qos = isBoard ? 0 : random.below(2) as QoS
    client.publish(`image/${index}`, home.payload() + '.'.repeat(size), qos, !isBoard && random.oneIn(6))
  })
  client.connect()
  // Nobody is there yet who would see it.
  if (random.oneIn(2)) slowReader(home, index)
}

/** Reads slowly, says that it is there, and wants everything. */
function slowReader(home: Home, index: number): void {
  const { random } = home
  if (isShort(home) && home.clients.some(({ terms: { clientId } }) => clientId.includes('slow'))) return
  const version = random.pick([4, 5] as const)
  const client = new Client(home, terms({
    clientId: `slow-${index}`, version, clean: random.oneIn(2), isPatient: true, keepalive: 30,
    properties: { sessionExpiryInterval: 300 },
    subscriptions: [subscription('image/#', random.below(2) as QoS), subscription('tele/#', random.below(3) as QoS),
      subscription('stat/#')],
  }))
  const rate = random.pick(RATES)
  client.onConnected = () => {
    const { connection } = client
    home.after(1, () => connection!.sip(rate))
  }
  often(client, 20_000, () => client.publish(`tele/slow-${index}/POWER`, home.payload(), random.below(2) as QoS))
  often(client, 400_000, () => client.vanish(home.around(20_000)))
  client.connect()
}

/** Filters with every arrangement of wildcards; what it may not have is its own loss. */
function botanist(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  if (isSmall(board)) return
  const filters = Array.from({ length: 100 + random.below(280) }, (_, number) => Array.from({ length: LEVELS },
    (__, level) => (number + 2) >> level & 1 ? '+' : level === 0 ? 'leaf' : 'x').join('/'))
  const client = new Client(home, terms({
    clientId: `botanist-${index}`, version: random.pick([4, 5] as const),
    subscriptions: filters.map((filter) => subscription(filter, random.below(2) as QoS)),
  }))
  often(client, 15_000, () => {
    const levels = Array.from({ length: LEVELS }, (_, level) => random.oneIn(2) ? 'y' : level === 0 ? 'leaf' : 'x')
    client.publish(levels.join('/'), home.payload(), random.below(2) as QoS)
  })
  often(client, 200_000, () => client.unsubscribe(random.pick(filters)))
  client.connect()
}

/** Keeps a great many retained messages, and looks for some of them again and again. */
function archivist(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  if (isSmall(board)) return
  const client = new Client(home, terms({
    clientId: `archivist-${index}`, version: random.pick([4, 5] as const), properties: { receiveMaximum: 20 },
  }))
  const keep = (count: number): void => {
    for (let number = random.below(150); count > 0; number++, count--) {
      client.publish(`arch/${number % 7}/${number % 150}`, random.oneIn(5) ? '' : home.payload(), 0, true)
    }
  }
  client.onConnected = () => keep(120)
  often(client, 30_000, () => keep(8))
  often(client, 90_000, () => {
    const filter = random.pick(['arch/+/7', 'arch/3/#', 'arch/#', '+/2/+', 'arch/5/5', 'none/+/#'])
    client.subscribe([subscription(filter, random.below(2) as QoS)])
  })
  client.connect()
}

/** Leaves exchanges of QoS 2 open, over connections, and begins new ones before it releases any. */
function hoarder(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  if (board.RECEIVE_MAX < 16) return
  const hoard = isSmall(board) ? 8 : 120
  const client = new Client(home, terms({
    clientId: `hoarder-${index}`, version: random.pick([4, 5] as const), clean: false, hoard,
    properties: { sessionExpiryInterval: 3_600 },
  }))
  const more = (): void => client.publish(`tele/hoarder-${index}/STATE`, home.payload(), 2)
  client.onResumed = more
  client.onConnected = () => {
    for (let number = random.below(hoard); number > 0; number--) more()
  }
  often(client, 3_000, more)
  often(client, 30_000, () => client.release(1 + random.below(20)))
  often(client, 60_000, () => client.vanish(home.around(5_000)))
  client.connect()
}

/** Of before 3.1.1: says DUP where nobody else may, and is told no Session Present. */
function elder(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  const client = new Client(home, terms({
    clientId: `elder-${index}`, version: board.FEATURE_MQTT31 ? 3 : 4, clean: random.oneIn(2), keepalive: 30,
    will: { topic: 'alert/elder', payload: '' as never, qos: 1 },
    subscriptions: [subscription('stat/#', random.below(3) as QoS), subscription('alert/+', 1)],
  }))
  often(client, 10_000, () => client.publish(`stat/elder-${index}/POWER`, home.payload(), random.below(3) as QoS))
  often(client, 100_000, () => client.vanish(home.around(20_000)))
  client.connect()
}

export const heavy: Actor[] = [
  { name: 'camera', start: camera }, { name: 'slow reader', start: slowReader },
  { name: 'botanist', start: botanist }, { name: 'archivist', start: archivist }, { name: 'hoarder', start: hoarder },
  { name: 'elder', start: elder },
]
