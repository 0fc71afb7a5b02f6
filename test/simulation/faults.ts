// What goes wrong in a home, by itself and now and then. Each seed turns kinds on and off.

import type { MachineFault } from '../support/world'
import type { Home } from './home'
import type { Connection } from './network'

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

const anyConnection = (home: Home): Connection | undefined => {
  const list = home.network.alive()
  return list.length > 0 ? home.random.pick(list) : undefined
}

const within = (home: Home, milliseconds: number): number => home.time + 1_000 + home.random.below(milliseconds)

/** The client's side ends and the broker's does not, or the other way round. */
const halfOpen: Fault = {
  name: 'half-open',
  every: 240_000,
  strike(home) {
    const connection = anyConnection(home)
    if (!connection) return
    connection.tellLost()
  },
}

const reset: Fault = {
  name: 'reset',
  every: 180_000,
  async strike(home) {
    const connection = anyConnection(home)
    if (!connection) return
    await connection.drop()
    connection.pushDown(() => connection.tellLost())
  },
}

const lossUp: Fault = {
  name: 'loss up',
  every: 200_000,
  strike(home) {
    const connection = anyConnection(home)
    if (connection) connection.upBlockedUntil = within(home, 90_000)
  },
}

const lossDown: Fault = {
  name: 'loss down',
  every: 200_000,
  strike(home) {
    const connection = anyConnection(home)
    if (connection) connection.downBlockedUntil = within(home, 90_000)
  },
}

/** The broker's writes do not leave for some seconds: its buffer for this client fills. */
const slowReader: Fault = {
  name: 'slow reader',
  every: 150_000,
  async strike(home) {
    const connection = anyConnection(home)
    if (!connection || connection.isSlow) return
    connection.isSlow = true
    await home.oracle.run({ kind: 'slow', id: connection.id })
    home.at(within(home, 8_000), async () => {
      connection.isSlow = false
      if (!connection.brokerGone) await home.oracle.run({ kind: 'go on', id: connection.id })
    })
  },
}

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
