// Espruino's strings are bytes. Here they are JavaScript strings of characters 0 to 255.

/** The bytes of a string; a character above 255 keeps its low eight bits, as on the board. */
export function bytesOfText (text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** A string of bytes. */
export function textOfBytes (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** The string with every character cut to a byte. */
export function byteText (text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
