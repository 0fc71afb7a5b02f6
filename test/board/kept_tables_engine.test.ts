// Boards start in a real Espruino from what scenes have left in flash: kept_scenes.ts.

import { deepStrictEqual } from 'node:assert'
import { describe, it } from 'vitest'
import { STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { ESPRUINO } from '../build/espruino'
import { judgeWhole, type Inquiry } from '../records/cuts'
import { inquire } from '../records/household'
import { EngineWorld } from '../support/engine_world'
import { tablesIn, tablesSpoiled } from '../support/kept_tables'
import { playScene, SCENES } from './kept_scenes'
import { TablesCheck } from './kept_tables'

/** Tables that a start does not take end. */
async function asked (flash: Uint8Array, taken: number, when: string): Promise<Inquiry> {
  const world = await EngineWorld.start('esp32', '', flash.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE))
  const left = flash.slice()
  left.set(world.storage(), STORAGE_START)
  const found = await inquire(world)
  await world.close()
  deepStrictEqual(tablesIn(left).length, taken, `tables that are taken, ${when}`)
  return found
}

describe.skipIf(!ESPRUINO)('tables that a board keeps, in a real Espruino', () => {
  it.each(SCENES)('are what a start without them makes: $name', async (scene) => {
    const flash = await playScene(scene, new TablesCheck(undefined, scene.persist))
    const found = await asked(flash, tablesIn(flash).length, scene.name)
    judgeWhole(found, await asked(tablesSpoiled(flash), 0, scene.name), scene.name)
  })
})
