// Message Expiry Interval, as a client is told it. [MQTT-3.3.2-6]

import type { AnyPacket } from '../support/peer'
import type { Delivery } from './model_delivery'

/** Seconds; undefined: it never expires. */
export const secondsLeft = (packet: AnyPacket): number | undefined =>
  (packet.properties as { messageExpiryInterval?: number } | undefined)?.messageExpiryInterval

/**
 * How far apart model and broker may be about when a message came: intervals are whole seconds, and a Will Message
 * comes when somebody has looked, or has noticed that the Wi-Fi is gone.
 */
const APART_MS_MAX = 3_000

/** Whether a PUBLISH that was sent between `since` and `time` says how long its message still holds. */
export function isTimely(
  packet: AnyPacket, { message, again, perhapsAgain }: Delivery, since: number, time: number,
): boolean {
  const left = secondsLeft(packet)
  // What was sent once is completed, expired or not.
  if (left === undefined) return again || perhapsAgain === true || message.expiresAt > since
  if (left * 1_000 > Math.max(0, message.expiresAt - since + APART_MS_MAX)) return false
  return again || perhapsAgain || left * 1_000 >= message.expiresAt - time - APART_MS_MAX
}
