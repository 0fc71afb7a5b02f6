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
 * What the engine's indexOf answers where a whole text was `found`, or not (-1). Behind the places where the text fits,
 * what is left counts as found if it is how the text begins. `tailFrom` answers the end of what is searched, `size`
 * bytes in all.
 */
export function engineIndex (found: number, size: number, text: string, tailFrom: (at: number) => string): number {
  const at = size - text.length + 1
  if (found >= 0 || at < 1) return found
  const tail = tailFrom(at)
  for (let from = 0; from < tail.length; from++) {
    if (text.startsWith(tail.slice(from))) return at + from
  }
  return -1
}
