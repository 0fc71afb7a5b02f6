// UTF-8 as MQTT wants it: well-formed, no surrogates, no U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2]
import { portIsPlainText } from 'runtime'
import { memory } from '../memory'

/** Whether [start, end) is a well-formed UTF-8 string without U+0000; a BOM is a character like any other. */
export function utf8IsValid(start: number, end: number): boolean {
  return portIsPlainText(start, end) || utf8Walk(start, end)
}

function utf8Walk(start: number, end: number): boolean {
  while (start < end) {
    const size = utf8CharacterSize(start, end)
    if (!size) return false
    start += size
  }
  return true
}

/** Bytes of the character at `start`, or 0 where there is no well-formed one. (Unicode, table 3-7) */
function utf8CharacterSize(start: number, end: number): number {
  const first = memory[start]
  if (first < 0x80) return first ? 1 : 0
  if (first < 0xc2 || first > 0xf4) return 0
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (start + size > end) return 0
  const second = memory[start + 1]
  // Overlong forms, surrogates and what lies above U+10FFFF all show in the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < size; i++) {
    if ((memory[start + i] & 0xc0) !== 0x80) return 0
  }
  return size
}
