// The power goes while a board is updated over the air: behind any word that is written to flash, or in the midst of
// one, or of an erase, another board is started from the flash that is left. It must start, with the program before or
// with the new one, and the update must be possible again. MIDGE_CUTS=1 takes every word and not one in some.
import { expect, it } from 'vitest'
import { bundleText } from '../support/board_bundle'
import type { BoardWorld } from '../support/board_world'
import { connect } from '../support/client'
import { Random } from '../model/random'
import { type Recorded, recordChanges, torn, wordsOf } from './torn_flash'
import { OTTO, printed, update, updateWorld } from './update_world'

/** Of so many words one is where the power goes, by chance. */
const ONE_IN = process.env.MIDGE_CUTS ? 1 : 4
const MINUTE_MS = 60_000
const OLD = `print("program old");${bundleText('esp32')}`
/** A program of its own, short: each word of it is a start of a board. It has a server, so that it is seen to run. */
const small = (name: string): string =>
  `print("program ${name}");require("net").createServer(function(){}).listen(1883);${'//'.padEnd(900, '-')}`

/** What runs on a board that starts with a flash; it listens. */
async function startedWith(flash: Uint8Array): Promise<{ world: BoardWorld, program: string }> {
  const world = await updateWorld({ '.bootcde': OLD }, flash)
  expect(world.driver.board.tcp.ports).toContain(1883)
  return { world, program: printed(world, /^program/).at(-1) ?? 'program by cable' }
}

/** Starts a board behind words of all that was recorded; answers how often which program ran. */
async function cutAnywhere({ base, changes }: Recorded, seed: number, oneIn: number): Promise<Map<string, number>> {
  const random = new Random(seed)
  const found = new Map<string, number>()
  const flash = base.slice()
  for (const change of changes) {
    for (let words = 0; words < wordsOf(change); words++) {
      if (!random.oneIn(oneIn) && words > 0) continue
      const { program } = await startedWith(torn(flash, change, words, random))
      found.set(program, (found.get(program) ?? 0) + 1)
    }
    flash.set(change.bytes, change.address)
  }
  const { program } = await startedWith(flash)
  found.set(program, (found.get(program) ?? 0) + 1)
  return found
}

it('a board starts, wherever it was cut in a first update', async () => {
  const world = await updateWorld({ '.bootcde': OLD })
  const recorded = recordChanges(world.driver)
  await update(world, small('new'))
  await world.advance(1_100)
  expect(printed(world, /^program/).at(-1)).toBe('program new')
  const found = await cutAnywhere(recorded, 1, ONE_IN)
  expect([...found.keys()].sort()).toEqual(['program new', 'program old'])
  if (process.env.MIDGE_REPORT) console.log(found)
})

it('and in one over a program that came so, until the new one is kept', async () => {
  const world = await updateWorld({ '.bootcde': OLD })
  const second = `print("program second");${bundleText('esp32')}`
  await update(world, second)
  await world.advance(1_100)
  await connect(world, { username: 'otto', password: OTTO.password })
  await world.advance(MINUTE_MS)
  await update(world, second.replace('second', 'third'))
  await world.advance(1_100)
  await connect(world, { username: 'otto', password: OTTO.password })
  await world.advance(MINUTE_MS)
  const recorded = recordChanges(world.driver)
  await update(world, small('new'))
  await world.advance(1_100)
  const found = await cutAnywhere(recorded, 2, ONE_IN)
  expect([...found.keys()].sort()).toEqual(['program new', 'program third'])
  if (process.env.MIDGE_REPORT) console.log(found)
})

it('a whole broker too, and another update goes on from there', async () => {
  const world = await updateWorld({ '.bootcde': OLD })
  const recorded = recordChanges(world.driver)
  await update(world, `print("program new");${bundleText('esp32')}`)
  await world.advance(1_100)
  await connect(world, { username: 'otto', password: OTTO.password })
  await world.advance(MINUTE_MS)
  const random = new Random(3)
  const flash = recorded.base.slice()
  let cuts = 0
  for (const change of recorded.changes) {
    if (random.oneIn(4)) {
      const { world: left, program } = await startedWith(torn(flash, change, random.below(wordsOf(change)), random))
      expect(['program old', 'program new']).toContain(program)
      if (cuts++ % 4 === 0) {
        await update(left, small('next'))
        await left.advance(1_100)
        expect(printed(left, /^program/).at(-1)).toBe('program next')
      }
    }
    flash.set(change.bytes, change.address)
  }
  expect(cuts).toBeGreaterThan(5)
})
