// A board starts with tables that have many filters of a session that is over with the power, and then uses all of its
// sectors again: what is kept is there.

import { ok } from 'node:assert'
import { it } from 'vitest'
import { flashOf } from '../port/espruino/records_flash'
import { judgeWhole } from '../records/cuts'
import { Household } from '../records/household'
import { tablesIn } from '../support/kept_tables'
import { HOUR_MS, TablesCheck } from './kept_tables'
import { awaySession, Stage } from './kept_stage'

const SECTORS = 40
const FILTERS = 200
const FILTER = 'a/b/panel/'
const KEPT = ['a', 'a/b', 'a/c', 'door']
/** In a round together about as many bytes as there are. */
const MESSAGES = 80
const ROUNDS = 12
const QUIET_MS = 120_000
const SIZE = 1_800

const filtersIn = (flash: Uint8Array): number => Buffer.from(flash).toString('latin1').split(FILTER).length - 1

it('cleaning leaves what a session had behind that ended with the power', async () => {
  const check = new TablesCheck()
  const world = await check.begin(1, flashOf(SECTORS).bytes)
  const stage = new Stage(world)
  await awaySession(stage, 'hall', 'a/b', 1)
  await stage.enter('panel', true)
  for (let count = 0; count < FILTERS; count++) {
    await stage.subscribe('panel', `${FILTER}${count}/of/very/many/filters/that/lie/in/flash`, 1)
    // In each sector there is something that is kept.
    if (count % 20 === 0) await stage.publish('panel', KEPT[count / 20 % KEPT.length], `value ${count}`, 1, true)
  }
  await world.advance(HOUR_MS)
  const flash = world.driver.board.flash.bytes.slice()
  await world.close()
  ok(tablesIn(flash).length === 1, 'no tables are kept')
  ok(filtersIn(flash) > FILTERS / 2, 'most filters are in flash')
  const { found: before } = await check.askedBoth(flash, 'at first')
  const again = await check.begin(1, flash)
  const household = new Household(again, 1)
  for (let round = 0; round < ROUNDS; round++) {
    await household.storm(MESSAGES, SIZE)
    await again.advance(QUIET_MS)
  }
  const left = again.driver.board.flash.bytes.slice()
  await again.close()
  // Of those in sectors that were not cleaned yet; moved on, most would be there.
  ok(filtersIn(left) * 4 < filtersIn(flash), `${filtersIn(left)} filters of ${filtersIn(flash)} are there still`)
  judgeWhole((await check.askedBoth(left, 'behind the storm')).found, before, 'behind the storm')
})
