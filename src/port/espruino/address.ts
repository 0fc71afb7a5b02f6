// One address space: below FLASH_AT memory, above it the flash that records lie in, where the board has such.
import { FLASH_AT, RECORDS_MAPPED } from '../../limits'
import { memoryWindow } from './window'
import type { Offset } from '../../kinds'

/** A range of the records' flash as a string that shows what lies there when it is read. */
export let recordWindow: (start: number, size: number) => string
/** The same as words of 32 bits, four a unit. */
export let words: Int32Array

/** The flash is found: a text that shows all of it. */
export function flashShow(view: string): void {
  recordWindow = view.substr.bind(view)
  words = new Int32Array(E.toArrayBuffer(view))
}

function eitherAt(start: Offset, size: number): string {
  return start >= FLASH_AT ? recordWindow(start - FLASH_AT, size) : memoryWindow(start, size)
}

/** Bytes of memory or of a record, which show what lies there when they are read. */
export const bytesAt = RECORDS_MAPPED ? eitherAt : memoryWindow

/** A byte of a record. */
export function recordByte(address: Offset): number {
  const at = address - FLASH_AT
  return words[at >> 2] >> (at & 3) * 8 & 255
}
