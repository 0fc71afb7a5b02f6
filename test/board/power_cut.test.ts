// A household with a board as it is shipped, and a power cut wherever one may be: behind each step, and between any two
// words that are written to flash, or in the midst of one, another board is started from the flash that is left, and
// asked for all of its state. MIDGE_SEEDS says how many seeds, MIDGE_CUTS=1 takes every word and not one in some.

import { describe, it } from 'vitest'
import { Random } from '../model/random'
import { judgeMiddle, judgeWhole, type Inquiry } from '../records/cuts'
import { Household, inquire } from '../records/household'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { type Recorded, recordChanges, torn, wordsOf } from './torn_flash'

const SEEDS = Array.from({ length: Number(process.env.MIDGE_SEEDS ?? 2) }, (_, index) => index + 1)
const STEPS = 40
/** Of so many words one is where the power goes, by chance. */
const ONE_IN = process.env.MIDGE_CUTS ? 1 : 3
/** Values at QoS 0 are written at once too: what is told is there then. */
const FILES = { 'midge.json': JSON.stringify({ persist: ['always #'] }) }

interface Run extends Recorded { world: BoardWorld, household: Household }

async function begin(seed: number): Promise<Run> {
  const world = await boardWorld('esp32', {}, seed, FILES)
  const recorded = recordChanges(world.driver)
  return { world, household: new Household(world, seed), ...recorded }
}

/** What a board that starts with a flash has. */
async function askedAgain(flash: Uint8Array): Promise<Inquiry> {
  const world = await boardWorld('esp32', {}, 1, FILES, {}, flash)
  const found = await inquire(world)
  await world.close()
  return found
}

/** What is found after so many steps by asking the board that took them. */
async function askedAtOnce(seed: number, steps: number): Promise<Inquiry> {
  const { world, household } = await begin(seed)
  for (let step = 0; step < steps; step++) await household.step()
  for (const peer of world.opened) if (!peer.isClosed) await peer.drop()
  return inquire(world)
}

async function checkCuts(seed: number): Promise<number> {
  const { household, changes, base: flash } = await begin(seed)
  const random = new Random(seed)
  let cuts = 0
  let before = await askedAtOnce(seed, 0)
  for (let step = 1; step <= STEPS; step++) {
    changes.length = 0
    await household.step()
    const behind = await askedAtOnce(seed, step)
    for (const [number, change] of changes.entries()) {
      for (let words = 0; words < wordsOf(change); words++) {
        if (!random.oneIn(ONE_IN)) continue
        const when = `seed ${seed}, step ${step}, change ${number} of ${changes.length}, word ${words}`
        const middle = await askedAgain(torn(flash, change, words, random))
        judgeMiddle(middle.findings, before.findings, behind.findings, household.mover, when)
        cuts++
      }
      flash.set(change.bytes, change.address)
    }
    judgeWhole(await askedAgain(flash), behind, `behind step ${step} of seed ${seed}`)
    before = behind
  }
  return cuts
}

describe('a power cut at the flash of a board', () => {
  it.each(SEEDS)('leaves what was acknowledged, and nothing else, seed %i', async (seed) => {
    const cuts = await checkCuts(seed)
    if (process.env.MIDGE_REPORT) console.log(`seed ${seed}: ${cuts} cuts`)
    if (cuts < STEPS) throw new Error('the power was hardly cut')
  })
})
