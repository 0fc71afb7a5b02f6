// What goes wrong in a home, by itself and now and then. Each seed turns kinds on and off.

import type { MachineFault } from '../support/world'
import type { Home } from './home'
import type { Connection } from './network'
import { SLOW_MS_MAX } from './silence'

export interface Fault {
  name: string
  /** It is a board's machine that it happens to. */
  ofBoard?: boolean
  /** Virtual time between two of them, milliseconds, on average. */
  every: number
  strike(home: Home): Promise<void> | void
}

/** Sockets of a crowd, where the broker itself has no such limit. */
const SOCKETS_MAX = 20

const within = (home: Home, milliseconds: number): number => home.time + 1_000 + home.random.below(milliseconds)

/** Something happens to one connection, whichever, if there is one. */
const toConnection = (
  name: string, every: number, happen: (connection: Connection, home: Home) => Promise<void> | void,
): Fault => ({
  name,
  every,
  strike(home) {
    const list = home.network.alive()
    return list.length > 0 ? happen(home.random.pick(list), home) : undefined
  },
})

/** The client's side ends and the broker's does not, or the other way round. */
const halfOpen = toConnection('half-open', 240_000, (connection) => connection.tellLost())

const reset = toConnection('reset', 180_000, async (connection) => {
  await connection.drop()
  connection.pushDown(() => connection.tellLost())
})

const lossUp = toConnection('loss up', 200_000, (connection, home) => {
  connection.upBlockedUntil = within(home, 90_000)
})

const lossDown = toConnection('loss down', 200_000, (connection, home) => {
  connection.downBlockedUntil = within(home, 90_000)
})

/** The broker's writes do not leave for some seconds: its buffer for this client fills. */
const slowReader = toConnection('slow reader', 150_000, async (connection, home) => {
  if (connection.isSlow || connection.isSipping) return
  connection.isSlow = true
  await home.oracle.run({ kind: 'slow', id: connection.id })
  home.at(within(home, SLOW_MS_MAX - 5_000), async () => {
    connection.isSlow = false
    if (!connection.brokerGone) await home.oracle.run({ kind: 'go on', id: connection.id })
  })
})

/** Nothing passes for up to a minute; afterwards some connections are lost. */
const wifi: Fault = {
  name: 'wifi',
  every: 900_000,
  strike(home) {
    const until = within(home, 60_000)
    for (const connection of home.network.alive()) {
      connection.upBlockedUntil = connection.downBlockedUntil = until
      if (home.random.oneIn(2)) home.at(until, () => connection.tellLost())
    }
  },
}

const powerCut: Fault = {
  name: 'power cut',
  every: 1_200_000,
  async strike(home) {
    await home.oracle.run({ kind: 'restart' })
    home.network.brokerLost()
  },
}

/** Sockets that say nothing, more than a small broker has. */
const crowd: Fault = {
  name: 'too many sockets',
  every: 900_000,
  strike(home) {
    const count = Math.min(home.oracle.board.CONNECTIONS_MAX, SOCKETS_MAX) + 3
    for (let index = 0; index < count; index++) {
      const connection = home.network.connect(4, { received: () => undefined, lost: () => undefined })
      home.at(within(home, 15_000), () => connection.drop())
    }
  },
}

/** Something happens to the board itself, and ends after a while where `end` says how. */
const ofBoard = (name: MachineFault, every: number, end?: MachineFault): Fault => ({
  name,
  every,
  ofBoard: true,
  async strike(home) {
    await home.oracle.run({ kind: 'machine', fault: name })
    if (end) home.at(within(home, 60_000), () => home.oracle.run({ kind: 'machine', fault: end }))
  },
})

export const faults: Fault[] = [
  halfOpen, reset, lossUp, lossDown, slowReader, wifi, powerCut, crowd,
  ofBoard('clock forward', 900_000), ofBoard('clock back', 900_000), ofBoard('clock at 1970', 1_200_000),
  ofBoard('memory low', 900_000, 'memory free'), ofBoard('Wi-Fi lost', 1_200_000, 'Wi-Fi back'),
]
