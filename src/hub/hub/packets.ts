// Parts of the packets that the client of the owner's code writes, as strings.

/** Of bytes. */
export const characters = String.fromCharCode

/** [MQTT-1.5.2] */
export function twoByteInteger(value: number): string {
  return characters(value >> 8, value & 0xff)
}

/** A Remaining Length. [MQTT-2.1.4] */
export function remainingLength(size: number): string {
  let text = ''
  for (; size > 127; size = size >> 7) text += characters(size & 127 | 128)
  return text + characters(size)
}
