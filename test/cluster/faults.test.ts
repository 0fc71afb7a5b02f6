// Parts of a cluster fail under load, one thing a round, and nothing that was acknowledged is missing:
// `npm run cluster:faults -- --rounds 100 --seed 7`.
import { afterAll, expect, it } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { faults } from '../gateway/kill/line'
import { PATIENCE_MS } from '../support/patience'
import { ClusterWorld } from './cluster_world'
import { Crowd } from './crowd'
import { FAULTS } from './fault'

/** What a test run has time for. */
const QUICK = ['a gateway is killed', 'a server is killed', 'gateways are drained in turn']
const isLong = process.env.MIDGE_ROUNDS !== undefined
const ROUNDS = Number(process.env.MIDGE_ROUNDS ?? QUICK.length)
const SEED = Number(process.env.MIDGE_SEED ?? 1)
const only = process.env.MIDGE_FAULT
const BEFORE_MS = 300
const HOUR_MS = 3_600_000

/** Numbers that follow from a seed. */
function drawing (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = state + 0x6d2b79f5 >>> 0
    let mixed = Math.imul(state ^ state >>> 15, state | 1)
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61)
    return ((mixed ^ mixed >>> 14) >>> 0) / 0x1_0000_0000
  }
}

const random = drawing(SEED)
const draw = (most: number): number => Math.floor(random() * most)
const world = new ClusterWorld()

afterAll(() => world.stop())

function nameOf (round: number): string {
  const names = Object.keys(FAULTS).filter(name => !only || name.includes(only))
  return isLong ? names[draw(names.length)] : QUICK[round]
}

it.skipIf(natsMissing)(`loses nothing in ${ROUNDS} rounds of faults ${natsMissing}`, async () => {
  await world.start()
  const patienceMs = Number(process.env.MIDGE_PATIENCE ?? PATIENCE_MS)
  const crowd = new Crowd(world, drawing(SEED + 1), patienceMs, Number(process.env.MIDGE_GROUPS ?? 1))
  await crowd.begin()
  for (let round = 0; round < ROUNDS; round++) {
    const name = nameOf(round)
    const started = Date.now()
    const before = crowd.kept
    try {
      const fault = new Promise(resolve => setTimeout(resolve, BEFORE_MS)).then(() => FAULTS[name](world, draw))
      await crowd.live(fault)
      await crowd.judge()
      if (crowd.kept === before) throw new Error('nothing was published')
    } catch (error) {
      throw new Error(`round ${round} of seed ${SEED}, ${name}: ${(error as Error).message}\n${
        isLong ? [await crowd.state(), await world.metrics(), world.said].join('\n') : ''}`)
    }
    const took = ((Date.now() - started) / 1_000).toFixed(1)
    if (isLong) console.log(`${round + 1}: ${name}, ${took} s, ${crowd.kept} kept`)
  }
  await crowd.end()
  expect(faults).toEqual([])
  expect(crowd.kept).toBeGreaterThan(ROUNDS)
}, HOUR_MS * 12)
