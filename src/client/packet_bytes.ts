// Bytes of packets, piece by piece. [MQTT 5.0 section 1.5]

export const nothing = Buffer.alloc(0)
/** A Property Length of 0. */
export const noProperties = Buffer.alloc(1)

/** At most 65,535. */
export const twoBytes = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

export function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A text or binary data with its size in front; at most 65,535 bytes. */
export function field(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([twoBytes(bytes.length), bytes])
}

/** A Variable Byte Integer. */
export function variable(value: number): number[] {
  const bytes: number[] = []
  do {
    bytes.push(value > 127 ? value & 127 | 128 : value)
    value >>>= 7
  } while (value)
  return bytes
}

/** A block of properties with its length in front. */
export function block(properties: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(variable(properties.length)), properties])
}

/** A packet of its first byte and what follows the Remaining Length. */
export const packet = (first: number, ...parts: Uint8Array[]): Buffer => packetStart(first, 0, ...parts)

/** The same, of which `left` bytes follow. */
export function packetStart(first: number, left: number, ...parts: Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, left)
  return Buffer.concat([Buffer.from([first, ...variable(size)]), ...parts])
}

/** Where the body of a whole packet starts. */
export function bodyAt(whole: Uint8Array): number {
  let at = 1
  while (whole[at] > 127) at++
  return at + 1
}
