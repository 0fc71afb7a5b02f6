// CRC-32 as in zip and Ethernet; Node has it from 22 on.

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ 0xedb8_8320 : value >>> 1
  return value
})

/** From 0 to 0xFFFFFFFF. */
export function checksum(bytes: Uint8Array, start: number, end: number): number {
  let value = -1
  for (let at = start; at < end; at++) value = TABLE[(value ^ bytes[at]) & 255] ^ value >>> 8
  return (value ^ -1) >>> 0
}
