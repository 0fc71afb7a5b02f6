// Bodies of records in pieces.
import { MORE_SIZE, NOWHERE, SECTOR_MORE, TABLE_SIZE } from '../../../flash/record_format'
import { FLASH_AT, PLACE_SIZE, RECORD_BODY_AT, SECTOR_SIZE } from '../../../limits'
import { RECORD_TABLES } from '../../../records/record_kind'
import { words } from '../address'
import { characters } from '../window'
import { PIECE_SIZE, flashPut } from './flash'
import { FIRST, FIRST_SIZE, recordAt, recordKind } from './record'
import { RESERVE, reserve, sectorOpen } from './sectors'

/** Opens another sector of a large record, for a byte of its body. */
function moreOpen(unit: number, at: number): boolean {
  const stay = recordKind(unit) === RECORD_TABLES ? RESERVE : reserve
  const sector = sectorOpen(SECTOR_MORE, words[unit * 4 + 1], stay)
  return sector >= 0 && flashPut(unit * 16 - TABLE_SIZE + ((at - FIRST_SIZE) / MORE_SIZE | 0), characters(sector), 1)
}

/**
 * Writes a piece of a body from its byte `at` on, of any size and in any order; false: flash did not take it, or has no
 * sector for it.
 */
export function recordFill(unit: number, at: number, text: string, size: number): boolean {
  for (let done = 0, piece; done < size; done += piece) {
    const record = unit + FIRST
    const address = record * PLACE_SIZE + RECORD_BODY_AT + at + done
    if (recordAt(record, address) >= FLASH_AT + NOWHERE && !moreOpen(unit, at + done)) return false
    const target = recordAt(record, address) - FLASH_AT
    piece = Math.min(size - done, PIECE_SIZE, SECTOR_SIZE - target % SECTOR_SIZE)
    if (!flashPut(target, text.substr(done, piece) + '', piece)) return false
  }
  return true
}
