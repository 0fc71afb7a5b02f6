// The Client Identifier that the server gives a client that has none. [MQTT-3.1.3-6]
import { portRandom } from 'runtime'
import { packAt, packBegin, writeByte, writeText } from '../codec/writer'
import { sessionFind } from '../store/session_table'

const PREFIX = 'midge-'
export const CLIENT_ASSIGNED_SIZE = 6 + 16

/**
 * Writes a new identifier of CLIENT_ASSIGNED_SIZE bytes into the pack area, unlike every other one; answers its
 * offset.
 */
export function clientAssign(): number {
  let start
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
