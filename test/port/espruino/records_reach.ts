// What a bit that turns may take with it.

import './records_engine'
import * as store from '../../../src/port/espruino/records'
import { SECTOR_SIZE, SECTORS_START } from './records_flash'
import type { RecordsWorld } from './records_world'

/** The sector of small records that was opened last. */
function newestSector ({ flash }: RecordsWorld): number {
  const openings = Array.from({ length: store.sectorCount }, (_, sector) => {
    const head = new Int32Array(flash.bytes.buffer, SECTORS_START + sector * SECTOR_SIZE, 3)
    return head[0] >>> 24 === 1 && (head[0] & 0xffff) === 0x474d ? head[2] : 0
  })
  return openings.indexOf(Math.max(...openings))
}

/**
 * Records that may be lost when a bit of a head turns: in the newest sector all behind it, as if they were torn, and
 * the group that is marked there.
 */
export function inReachOf (one: RecordsWorld, unit: number): number[] {
  const isNewest = unit >> 8 === newestSector(one)
  return one.ids.filter(id => {
    const other = one.kept.get(id)!.unit
    return other === unit || isNewest && other >> 8 === unit >> 8
  })
}
