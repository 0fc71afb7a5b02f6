// The tables of a board's start, kept in its flash: src/port/espruino/records/tables.ts.
import { PAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { KIND_UNIT, LARGE_UNIT, SECTOR_LARGE } from '../../src/flash/record_format'
import { RECORDS_END } from '../../src/flash/records_file'
import { RECORD_TABLES } from '../../src/records/record_kind'

const HEAD_AT = LARGE_UNIT * 16
/** Bytes of a head: where the sum stands. */
const SUM_AT = 8
/** The highest bits of the head of a record that came in pieces, as these do, is whole and not gone. */
const IS_THERE = -2

/** Where in a copy of a flash the heads of tables lie that count, whether or not they are right. */
export function tablesIn (flash: Uint8Array): number[] {
  const found = []
  for (let at = STORAGE_START + PAGE_SIZE; at < STORAGE_START + RECORDS_END; at += PAGE_SIZE) {
    const view = new DataView(flash.buffer, flash.byteOffset + at, PAGE_SIZE)
    const [first, sequence, sum] = [0, 4, 12].map(offset => view.getInt32(HEAD_AT + offset, true))
    const kind = (sum ^ sequence ^ first & 0xff_ffff) / KIND_UNIT
    const isLarge = view.getUint32(0, true) === SECTOR_LARGE
    if (isLarge && first >> 28 === IS_THERE && kind === RECORD_TABLES) found.push(at + HEAD_AT)
  }
  return found
}

/** A copy of a flash whose tables are not what was written: the start walks all records. */
export function tablesSpoiled (flash: Uint8Array): Uint8Array {
  const copy = flash.slice()
  for (const at of tablesIn(flash)) copy[at + SUM_AT] ^= 1
  return copy
}
