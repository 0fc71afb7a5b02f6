// Many boards whose bridges lead to one broker: a gateway, or a board.

import { expect, test } from 'vitest'
import { connect, subscribe } from '../support/client'
import { boardWorld } from '../support/board_world'
import { BoardEnd } from '../simulation/bridged/board_end'
import { CoreEnd } from '../simulation/bridged/core_end'
import { Fleet, type Upstream } from '../simulation/bridged/fleet'
import { Neighbour, hear } from '../simulation/bridged/neighbour'

const { MIDGE_SEED = 1, MIDGE_SEEDS = 1, MIDGE_BOARDS, MIDGE_HOURS = 0.1 } = process.env
const BOARDS = Number(MIDGE_BOARDS || 100)
const HOUR_MS = 3_600_000

async function live(seed: number): Promise<Fleet> {
  const fleet: Fleet = new Fleet({
    accept: () => CoreEnd.of(gateway.world),
    advance: (milliseconds) => gateway.advance(milliseconds),
    hear: (heard) => gateway.hear(heard),
    restart: () => gateway.restart(false),
  }, BOARDS, seed)
  const gateway = new Neighbour(seed, 'site/#', () => fleet.now)
  await gateway.start()
  await fleet.live(Number(MIDGE_HOURS) * HOUR_MS)
  return fleet
}

test('bridges of a hundred boards to one gateway lose nothing', async () => {
  for (let seed = Number(MIDGE_SEED), end = seed + Number(MIDGE_SEEDS); seed < end; seed++) {
    const { members, outages, powerCuts } = await live(seed)
    expect(members.every(({ ledger }) => ledger.accepted > 0 && ledger.arrived === ledger.accepted)).toBe(true)
    if (!process.env.MIDGE_REPORT) continue
    const published = members.reduce((sum, { ledger }) => sum + ledger.accepted, 0)
    console.log(`seed ${seed}: ${BOARDS} boards, ${published} messages, the gateway away ${outages} times, `
      + `${powerCuts} power cuts of boards`)
  }
}, 86_400_000)

/** Sockets of the firmware, of which the broker's listener takes one. */
const SOCKETS_MAX = 10

test('a board is upstream of eight others and one client more', async () => {
  const world = await boardWorld('esp32', {}, 1, {}, {}, undefined, SOCKETS_MAX)
  const listener = await connect(world, { version: 4 })
  await subscribe(listener, { topic: 'site/#', qos: 2 })
  const upstream: Upstream = {
    accept: () => {
      const peer = world.driver.connect(1883)
      return peer && new BoardEnd(world.driver, peer)
    },
    advance: (milliseconds) => world.advance(milliseconds),
    hear: (heard) => hear(listener, heard),
    restart: () => Promise.resolve(),
  }
  const fleet = new Fleet(upstream, SOCKETS_MAX - 2, 1)
  await fleet.live(120_000)
  expect(fleet.members.every(({ ledger }) => ledger.accepted > 0)).toBe(true)
  expect(world.driver.connect(1883)).toBe(null)
  await world.close()
})
