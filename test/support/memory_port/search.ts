// The port's bulk functions that compare and find bytes.
import type { FilterLook } from '../../../src/port/port'
import { bytesOf, portByte } from './records'

export function portEqual(a: number, b: number, size: number): boolean {
  const other = bytesOf(b, size)
  return bytesOf(a, size).every((byte, index) => byte === other[index])
}

export function portHasText(start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (portByte(start + i) !== text.charCodeAt(i)) return false
  return true
}

/** FNV-1a. */
export function portHash(start: number, size: number): number {
  let hash = 0x811c9dc5
  for (const byte of bytesOf(start, size)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

const offsetOf = (start: number, end: number, isWanted: (byte: number) => boolean): number => {
  if (end <= start) return -1
  const found = bytesOf(start, end - start).findIndex(isWanted)
  return found < 0 ? -1 : start + found
}

export function portIndexOf(value: number, start: number, end: number): number {
  return offsetOf(start, end, byte => byte === value)
}

export function portIndexOfWildcard(start: number, end: number): number {
  return offsetOf(start, end, byte => byte === 0x2b || byte === 0x23)
}

export function portIsPlainText(start: number, end: number): boolean {
  return offsetOf(start, end, byte => byte < 0x20 || byte > 0x7e) < 0
}

export function portFilterLook(): null {
  return null
}

/** Printable ASCII without wildcards, and no `$` in front. */
export function portFilterHash(_look: FilterLook, start: number, size: number): number {
  const isOne = portIsPlainText(start, start + size) && portIndexOfWildcard(start, start + size) < 0
  return isOne && !portHasText(start, '$') ? portHash(start, size) & 0x7fff_ffff : -1
}
