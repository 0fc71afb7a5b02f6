// The Client Identifier that the server gives a client that has none. [MQTT-3.1.3-6]
import { portRandom } from 'runtime'
import { connectClientSize, connectClientStart } from '../../codec/connect'
import { packAt, packBegin, writeText, writeTwoByteInteger } from '../../codec/writer'
import { FEATURE_MORE_SETTINGS, FEATURE_MQTT5 } from '../../limits'
import { connectionSession } from '../../store/connection_table'
import { sessionClientSize, sessionClientStart, sessionFind } from '../../store/session_table'
import type { Slot } from '../../kinds'

/** Added to a random number, so that it has eleven digits. */
const ELEVEN_DIGITS = 10_000_000_000
const CLIENT_ASSIGNED_SIZE = FEATURE_MQTT5 ? 6 + 22 : 2

/** auto_id_prefix: what such an identifier begins with, Latin-1 bytes of UTF-8. */
let prefix = 'midge-'

/** With FEATURE_MORE_SETTINGS: sets it, at most 255 bytes. */
export function clientPrefixSet(text: string): void {
  prefix = text
}

/** Bytes of the identifier that clientAssign writes. */
export function clientAssignedSize(): number {
  return FEATURE_MORE_SETTINGS ? prefix.length + 22 : CLIENT_ASSIGNED_SIZE
}

/**
 * Writes a new identifier of clientAssignedSize bytes into the pack area, unlike every other one; answers its offset.
 * 3.1.1 alone never tells the client: a NUL, which no client's own can have, and the slot will do.
 */
export function clientAssign(slot: Slot): number {
  let start = packBegin(0)
  if (!FEATURE_MQTT5) {
    writeTwoByteInteger(slot)
    return start
  }
  do {
    start = packBegin(0)
    writeText(
      (FEATURE_MORE_SETTINGS ? prefix : 'midge-') + (ELEVEN_DIGITS + portRandom()) + (ELEVEN_DIGITS + portRandom()),
    )
  } while (sessionFind(start, packAt - start) >= 0)
  return start
}

/** Where a connected client's identifier lies, its own or an assigned one; of clientIdentifierSize bytes. */
export function clientIdentifierStart(slot: Slot): number {
  return sessionClientStart[connectionSession[slot]]
}

/** 0: it has not been let in. A row below 0 must not be asked for: Espruino throws. */
export function clientIdentifierSize(slot: Slot): number {
  const session = connectionSession[slot]
  return session < 0 ? 0 : sessionClientSize[session]
}

/** Where the Client Identifier of the CONNECT in hand lies, of claimSize bytes. */
export const claimStart = (): number => connectClientStart

export const claimSize = (): number => connectClientSize
