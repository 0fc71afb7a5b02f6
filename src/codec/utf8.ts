// UTF-8 as MQTT wants it: well-formed, no surrogates, no U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2]
import { portIsPlainText } from 'runtime'
import { RECORDS_MAPPED } from '../limits'
import { memory } from '../memory'
import { byteAt } from './byte'
import type { Offset } from '../kinds'

/**
 * Whether [start, end) is a well-formed UTF-8 string, without U+0000 unless it is a payload; a BOM is a character like
 * any other.
 */
export function utf8IsValid(start: Offset, end: Offset, isPayload?: boolean): boolean {
  return portIsPlainText(start, end) || utf8Walk(start, end, isPayload ? 0 : 1)
}

function utf8Walk(at: number, end: Offset, least: number): boolean {
  while (at < end) {
    const first = RECORDS_MAPPED ? byteAt(at++) : memory[at++]
    // Continuation bytes that follow, and the smallest character that needs as many. (Unicode, table 3-6)
    let more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : 4
    const smallest = more ? 1 << more * 5 + (more > 1 ? 1 : 2) : least
    let character = more ? first & 0x3f >> more : first
    if (more > 3 || at + more > end) return false
    while (more--) {
      const next = RECORDS_MAPPED ? byteAt(at++) : memory[at++]
      if (next >> 6 !== 2) return false
      character = character << 6 | next & 0x3f
    }
    // Overlong or U+0000, a surrogate, above U+10FFFF.
    if (character < smallest || character >> 11 === 27 || character > 0x10_ffff) return false
  }
  return true
}
