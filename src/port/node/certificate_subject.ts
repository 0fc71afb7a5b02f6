// A certificate's subject, a line an attribute, as RFC 2253 writes it in one.
export function subjectText(lines: string): string {
  const text = lines.split('\n').reverse().map((line) => line.split(' + ').reverse().join('+')).join(',')
  return text.replace(/[\u0080-\u{10ffff}]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `\\${byte.toString(16).toUpperCase()}`).join(''))
}
