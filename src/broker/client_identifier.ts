// The Client Identifier that the server gives a client that has none. [MQTT-3.1.3-6]
import { portRandom } from 'runtime'
import { packAt, packBegin, writeByte, writeText, writeTwoByteInteger } from '../codec/writer'
import { FEATURE_MQTT5 } from '../limits'
import { sessionFind } from '../store/session_table'

const PREFIX = 'midge-'
export const CLIENT_ASSIGNED_SIZE = FEATURE_MQTT5 ? 6 + 16 : 2

/**
 * Writes a new identifier of CLIENT_ASSIGNED_SIZE bytes into the pack area, unlike every other one; answers its offset.
 * 3.1.1 alone never tells the client: a NUL, which no client's own can have, and the slot will do.
 */
export function clientAssign(slot: number): number {
  let start = packBegin(0)
  if (!FEATURE_MQTT5) {
    writeTwoByteInteger(slot)
    return start
  }
  do {
    start = packBegin(0)
    writeText(PREFIX)
    writeHexadecimal(portRandom())
    writeHexadecimal(portRandom())
  } while (sessionFind(start, packAt - start) >= 0)
  return start
}

function writeHexadecimal(value: number): void {
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = value >>> shift & 15
    writeByte(digit < 10 ? 48 + digit : 87 + digit)
  }
}
