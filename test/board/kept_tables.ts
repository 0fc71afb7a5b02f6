// A household with a board whose tables are kept again and again: wherever the power goes, a board that starts with
// them has what one has that walks all of its records.

import { deepStrictEqual, ok } from 'node:assert'
import { Random } from '../model/random'
import { judgeMiddle, judgeWhole, type Inquiry } from '../records/cuts'
import { Household, inquire } from '../records/household'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { tablesIn, tablesSpoiled } from '../support/kept_tables'
import { flashOf } from '../port/espruino/records_flash'
import { recordChanges, torn, wordsOf } from './torn_flash'

const STEPS = 40
/** With every other seed the store is so small that a storm of messages uses its sectors again. */
const SECTORS = 30
const STORM_STEP = 4
const STORM_MESSAGES = 40
const STORM_SIZE = 1_800
/** In so many steps there is one behind which an hour passes, so that tables are kept. */
const HOUR_EVERY = 8
export const HOUR_MS = 3_600_000
/** What a run of all tests takes: of so many words one is where the power goes, by chance. */
export const TABLES_SEEDS_IN_CI = [1, 2, 3, 4]
export const TABLES_WORDS_IN_CI = 300

interface Answers { found: Inquiry, left: Uint8Array }

export class TablesCheck {
  /** `bundle` is the board's program; undefined: as it is shipped. */
  constructor(private readonly bundle?: string, private readonly persist = 'always #') {}

  begin(seed: number, flash?: Uint8Array): Promise<BoardWorld> {
    const files = { 'midge.json': JSON.stringify({ persist: [this.persist] }) }
    return boardWorld('esp32', {}, seed, this.bundle ? { ...files, '.bootcde': this.bundle } : files, {}, flash)
  }

  /** What a board has that starts with its tables, which must be what one has that does without. */
  async askedBoth(flash: Uint8Array, when: string): Promise<Answers> {
    const answers = await this.asked(flash, Math.min(1, tablesIn(flash).length), when)
    judgeWhole(answers.found, (await this.asked(tablesSpoiled(flash), 0, when)).found, when)
    return answers
  }

  /** The same, and of one that starts from what that one has left. */
  async askedTwice(flash: Uint8Array, when: string): Promise<Inquiry> {
    const { found, left } = await this.askedBoth(flash, when)
    await this.askedBoth(left, `at the start behind that, ${when}`)
    return found
  }

  /** Has a board that starts from a flash use all of its sectors again: what was there is there. */
  async storm(seed: number, flash: Uint8Array, before: Inquiry, when: string): Promise<void> {
    const world = await this.begin(seed, flash)
    await new Household(world, seed).storm(STORM_MESSAGES, STORM_SIZE)
    const { found } = await this.askedBoth(world.driver.board.flash.bytes.slice(), `behind the storm, ${when}`)
    await world.close()
    judgeWhole(found, before, `behind the storm, ${when}`)
  }

  /** Tables that are not taken end. */
  private async asked(flash: Uint8Array, taken: number, when: string): Promise<Answers> {
    const world = await this.begin(1, flash)
    const { bytes } = world.driver.board.flash
    deepStrictEqual(tablesIn(bytes).length, taken, `tables that are taken, ${when}`)
    const found = await inquire(world)
    const left = bytes.slice()
    await world.close()
    return { found, left }
  }
}

/** Cuts the power at one in so many words that are written. */
export async function checkTables(seed: number, oneIn: number, bundle?: string): Promise<void> {
  const check = new TablesCheck(bundle)
  const isSmall = seed % 2 === 0
  const world = await check.begin(seed, isSmall ? flashOf(SECTORS).bytes : undefined)
  const household = new Household(world, seed)
  const { changes, base: flash } = recordChanges(world.driver)
  const random = new Random(seed)
  let before = await check.askedTwice(flash, 'at first')
  let kept = 0
  for (let step = 1; step <= STEPS; step++) {
    changes.length = 0
    const isStorm = isSmall && step % HOUR_EVERY === STORM_STEP
    if (isStorm) await check.storm(seed, flash, before, `step ${step}`)
    if (isStorm) await household.storm(STORM_MESSAGES, STORM_SIZE)
    else if (step % HOUR_EVERY) await household.step()
    else await world.advance(HOUR_MS)
    const behindFlash = world.driver.board.flash.bytes.slice()
    const behind = await check.askedTwice(behindFlash, `behind step ${step}`)
    const tables = tablesIn(behindFlash).length
    ok(tables <= 1, `${tables} tables behind step ${step}`)
    kept += tables
    for (const [number, change] of changes.entries()) {
      for (let words = 0; words < wordsOf(change); words++) {
        // What comes of each of many messages is no either-or.
        if (isStorm || !random.oneIn(oneIn)) continue
        const when = `step ${step}, change ${number} of ${changes.length}, word ${words}`
        const { found: middle } = await check.askedBoth(torn(flash, change, words, random), when)
        judgeMiddle(middle.findings, before.findings, behind.findings, household.mover, when)
      }
      flash.set(change.bytes, change.address)
    }
    before = behind
  }
  ok(kept > STEPS / 2, 'tables were hardly kept')
}
