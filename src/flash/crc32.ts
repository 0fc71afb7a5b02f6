// CRC-32 as Ethernet and zip have it: what E.CRC32 answers, and what the entries of an nvs page are sealed with.

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb8_8320 : 0)
  return value
})

/** `before` is the CRC of what went before these bytes. */
export function crc32 (bytes: Uint8Array, before = 0): number {
  let value = ~before
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8)
  return ~value >>> 0
}
