// The flash behind the records: the file midge.db of Storage, seen as whole sectors of 4,096 bytes in units of 16. It
// is read through a window, which costs no memory, and written in place: a write only clears bits, so that a byte of a
// word that was written can still be set by writing the word again, 0xFF where it is to stay as it is. Writes are of
// whole words at their addresses, as a chip demands.
//
// Memory: some variables of the engine.
// Invariant: nothing is written outside of the sectors that the window shows.
import { flashShow, recordWindow, words } from '../address'
import { RECORD_BODY_AT, RECORD_HEAD_AT, SECTOR_SIZE } from '../../../limits'
import { memory } from '../../../memory'
import { characters } from '../window'

const FILE = 'midge.db'
/** Address of Storage on every chip: src/flash/layout.ts. */
const STORAGE_START = 0x32_0000
/** Of a file of Storage, in front of its data. */
const FILE_HEAD_SIZE = 32
/** Bytes that are written at once: they pass through the engine's stack. */
export const PIECE_SIZE = 512

interface Flash {
  read(size: number, address: number): Uint8Array
  write(bytes: string, address: number): void
  erasePage(address: number): void
  getFree(): { addr: number }[]
}

let flashWrite: Flash['write']
let flashErase: Flash['erasePage']
/** Address of the first sector. */
let base = 0

/** Bytes written since the start. */
export let recordBytesWritten = 0

/** Words on their way to flash, in memory in front of the heads of records. */
export let scratch: Int32Array
export const SCRATCH_AT = RECORD_HEAD_AT - RECORD_BODY_AT

export const UNIT_ERASED = '\xff'.repeat(16)

/**
 * Finds the file where it must stand, as the first one of Storage, and answers how many sectors it has; 0: none. What
 * the engine says is free begins with Storage on a computer; a board's Storage is where its map of flash has it.
 */
export function flashOpen(): number {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const flash = require('Flash') as Flash
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const read = require('Storage').read as (name: string, start?: number, size?: number) => string | undefined
  const file = read(FILE)
  const sectors = file ? file.length + FILE_HEAD_SIZE - SECTOR_SIZE >> 12 : 0
  base = flash.getFree()[0].addr
  if (sectors < 1 || !isFileAt(flash) && (base = STORAGE_START, !isFileAt(flash))) return 0
  base += SECTOR_SIZE
  flashWrite = flash.write
  flashErase = flash.erasePage
  const view = read(FILE, SECTOR_SIZE - FILE_HEAD_SIZE, sectors * SECTOR_SIZE)!
  flashShow(view)
  scratch = new Int32Array(memory.buffer, SCRATCH_AT, 4)
  recordBytesWritten = 0
  return sectors
}

/** Whether Storage begins at the base, and with the file. */
function isFileAt(flash: Flash): boolean {
  return E.toString(flash.read(FILE_HEAD_SIZE, base))!.substr(4, 9) === FILE + '\0'
}

/** Writes bytes and answers whether they read back; what was not written is tried once more. */
export function flashPut(at: number, bytes: string, size: number): boolean {
  const before = at & 3
  const behind = -(at + size) & 3
  let text = bytes
  if (before) text = UNIT_ERASED.substr(0, before) + text
  if (behind) text += UNIT_ERASED.substr(0, behind)
  recordBytesWritten += size
  flashWrite(text, base + at - before)
  if (recordWindow(at, size) === bytes) return true
  flashWrite(text, base + at - before)
  return recordWindow(at, size) === bytes
}

/** Clears bits of a record's state; false: they are not cleared. */
export function stateClear(unit: number, bits: number): boolean {
  const text = '\xff\xff\xff' + characters(255 ^ bits)
  let tries = 3
  do {
    flashWrite(text, base + unit * 16)
    recordBytesWritten += 4
  } while (words[unit * 4] & bits << 24 && --tries)
  return tries > 0
}

/** Whether all bytes of a range of more than one word are erased: each is the one before it. */
export function flashIsErased(at: number, size: number): boolean {
  return words[at >> 2] === -1 && recordWindow(at, size - 1) === recordWindow(at + 1, size - 1)
}

/** Erases a sector and answers whether it is; an erase that did nothing is tried once more. */
export function flashEraseSector(sector: number): boolean {
  const at = sector * SECTOR_SIZE
  // A sector that is half erased must not read as a good one of whose records those that were gone are back.
  flashWrite('\0'.repeat(8), base + at + 8)
  let tries = 2
  do flashErase(base + at)
  while (!flashIsErased(at, SECTOR_SIZE) && --tries)
  return tries > 0
}
