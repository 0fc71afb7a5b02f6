// JSON as the firmware reads it from Storage: strict JSON, and keys without quotes.

/** The value of a text; throws a SyntaxError. */
export function relaxedJson (text: string): unknown {
  return JSON.parse(quoteKeys(text))
}

/** Puts quotes around keys that have none, leaving strings alone. */
function quoteKeys (text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|([{,]\s*)([A-Za-z_$][\w$]*)(\s*:)/g, (whole, before, key, after) =>
    key === undefined ? whole : `${before}"${key}"${after}`)
}
