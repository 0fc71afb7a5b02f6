// Frames of a WebSocket (RFC 6455) on their way out. The broker holds on to packetWrite for longer than a connection
// lasts.
import type { Visitor } from './visitor'

const BINARY = 2

/** Sends a frame, which the server never masks. */
export function frameWrite(visitor: Visitor, opcode: number, payload: string): void {
  const characters = String.fromCharCode
  const size = payload.length
  visitor.put(size < 126 ? characters(0x80 | opcode, size)
    : size < 0x10000 ? characters(0x80 | opcode, 126, size >> 8, size & 0xff)
      : characters(0x80 | opcode, 127, 0, 0, 0, 0, size >> 24, size >> 16 & 0xff, size >> 8 & 0xff, size & 0xff))
  visitor.put(payload)
}

/** What the broker writes to a WebSocket by; packets may span frames. [MQTT-6.0.0-2] */
export function packetWrite(this: Visitor, packet: string): boolean {
  frameWrite(this, BINARY, packet)
  return true
}
