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

/**
 * Where the engine's indexOf looks last: behind the places where the whole text fits, what is left counts as found if
 * it is how the text begins. `tail` is the end of what is searched, of one byte less than the text, at `at`.
 */
export function partialIndex (tail: string, text: string, at: number): number {
  for (let from = 0; from < tail.length; from++) {
    if (text.startsWith(tail.slice(from))) return at + from
  }
  return -1
}
