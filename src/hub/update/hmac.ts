// HMAC-SHA-256 (RFC 2104) over what the firmware has: texts are bytes, sums hexadecimal.

const BLOCK_SIZE = 64

function digest(text: string): Uint8Array {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  return new Uint8Array((require('crypto') as { SHA256(text: string): ArrayBuffer }).SHA256(text))
}

export function sha256(text: string): string {
  let hexadecimal = ''
  digest(text).forEach(byte => { hexadecimal += (byte + 256).toString(16).substr(1) })
  return hexadecimal
}

function bytesText(bytes: Uint8Array): string {
  let text = ''
  bytes.forEach(byte => { text += String.fromCharCode(byte) })
  return text
}

/** The key's bytes, each with the bits of `pad` turned, to a whole block. */
function padded(key: string, pad: number): string {
  let text = ''
  for (let i = 0; i < BLOCK_SIZE; i++) text += String.fromCharCode((i < key.length ? key.charCodeAt(i) : 0) ^ pad)
  return text
}

export function hmac(key: string, text: string): string {
  const short = key.length > BLOCK_SIZE ? bytesText(digest(key)) : key
  return sha256(padded(short, 0x5c) + bytesText(digest(padded(short, 0x36) + text)))
}
