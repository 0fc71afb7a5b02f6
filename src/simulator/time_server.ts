// The time server of a desk whose time is not that of the world: answers the board's questions by SNTP (RFC 4330,
// section 6) with the time that the board's clock has anyway.

import { textOfBytes, bytesOfText } from './latin1'

export const TIME_PORT = 123
/** From 1900, where the protocol's time begins, to 1970. */
const EPOCH_S = 2_208_988_800
const PACKET_SIZE = 48
/** A server of version 4, no alarm. */
const SERVER = 0x24
const STRATUM = 2

/** The answer to a question, at a time, milliseconds since 1970. */
export function timeAnswer (question: string, nowMs: number): string {
  const asked = bytesOfText(question)
  const answer = new Uint8Array(PACKET_SIZE)
  const view = new DataView(answer.buffer)
  answer[0] = SERVER
  answer[1] = STRATUM
  answer.set(asked.subarray(40, PACKET_SIZE), 24)
  for (const at of [16, 32, 40]) {
    view.setUint32(at, Math.floor(nowMs / 1_000) + EPOCH_S)
    view.setUint32(at + 4, nowMs % 1_000 / 1_000 * 0x1_0000_0000)
  }
  return textOfBytes(answer)
}
