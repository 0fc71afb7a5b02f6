// The fixed header: where a packet's body starts and ends. Leaves its answer in registers.
import { memory } from '../memory'
import { PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE } from './packet_type'
import { MALFORMED_PACKET, SUCCESS } from './reason_code'
import type { Offset } from '../kinds'

/** A bit for each type whose reserved flags are 2; those of the others are 0. */
const FLAGS_2 = 1 << PUBREL | 1 << SUBSCRIBE | 1 << UNSUBSCRIBE

/** The packet is not complete yet. */
export const NEED_MORE = -1

// Life: until the next framePacket, at most to the end of the call into the core (frameOver).
export let frameType = 0
/** The four flag bits. */
export let frameFlags = 0
/** Offset of the first byte after the fixed header; 0 while the fixed header is incomplete. */
export let frameBody: Offset = 0
/** Offset behind the packet's last byte, also when that has not arrived; 0 while the fixed header is incomplete. */
export let frameEnd: Offset = 0

/**
 * Reads the fixed header of the packet that starts at `start`, of which the bytes up to `end` are here.
 * Answers 0 (the whole packet is here), NEED_MORE, or MALFORMED_PACKET.
 */
export function framePacket(start: Offset, end: Offset): number {
  frameEnd = frameBody = 0
  if (end - start < 2) return NEED_MORE
  const first = memory[start]
  frameType = first >> 4
  frameFlags = first & 15
  let at = start + 1
  let size = memory[at]
  if (size > 127) {
    size &= 127
    let shift = 7
    do {
      if (shift > 21) return MALFORMED_PACKET
      if (++at >= end) return NEED_MORE
      size |= (memory[at] & 127) << shift
      shift += 7
    } while (memory[at] > 127)
    if (!memory[at]) return MALFORMED_PACKET // [MQTT-1.5.5-1]
  }
  frameBody = at + 1
  frameEnd = frameBody + size
  return frameFlagsAreValid() ? frameEnd > end ? NEED_MORE : SUCCESS : MALFORMED_PACKET
}

/** [MQTT-2.1.3-1]; 3.1.1 [MQTT-2.2.2-2] */
function frameFlagsAreValid(): boolean {
  return frameType === PUBLISH || frameType > 0 && frameFlags === (FLAGS_2 >> frameType & 1) * 2
}

/** For the port of tests: what stands in the registers is over. */
export function frameOver(over: never): void {
  frameType = frameFlags = frameBody = frameEnd = over
}
