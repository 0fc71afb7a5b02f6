// What somebody has chosen at the board's page: a form's fields, judged.
import type { WifiNetwork } from '../../flash/wifi_room'

const NAME_SIZE_MAX = 32
const PASSWORD_SIZE_MIN = 8
const PASSWORD_SIZE_MAX = 63

/** The byte of two hexadecimal digits; NaN for others. */
function byteOf(text: string): number {
  return /^[0-9a-fA-F][0-9a-fA-F]$/.test(text) ? parseInt(text, 16) : NaN
}

/** Bytes that a form writes as `%41`; undefined where it writes something else so. */
function decoded(text: string): string | undefined {
  const parts = text.split('+').join(' ').split('%')
  let bytes = parts[0]
  for (let i = 1; i < parts.length; i++) {
    const byte = byteOf(parts[i].substr(0, 2))
    if (isNaN(byte)) return undefined
    bytes += String.fromCharCode(byte) + parts[i].substr(2)
  }
  return bytes
}

/** Bytes of hexadecimal digits, as the page writes the names that it has found: they may be no text. */
function unhexed(digits: string): string | undefined {
  let bytes = ''
  for (let i = 0; i < digits.length; i += 2) {
    const byte = byteOf(digits.substr(i, 2))
    if (isNaN(byte)) return undefined
    bytes += String.fromCharCode(byte)
  }
  return bytes
}

/** Whether bytes are UTF-8 without control characters. RFC 3629. */
function isText(bytes: string): boolean {
  for (let at = 0; at < bytes.length;) {
    const first = bytes.charCodeAt(at++)
    let more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
    if (first < 0x20 || first === 0x7f || first > 0x7f && first < 0xc2 || first > 0xf4) return false
    const second = bytes.charCodeAt(at)
    // Neither longer than it need be, nor half a pair, nor beyond the last character.
    if (first === 0xe0 && second < 0xa0 || first === 0xed && second > 0x9f) return false
    if (first === 0xf0 && second < 0x90 || first === 0xf4 && second > 0x8f) return false
    for (; more--; at++) if ((bytes.charCodeAt(at) & 0xc0) !== 0x80) return false
  }
  return true
}

/** What a form says under a name; '' where it does not. */
function fieldOf(form: string, name: string): string {
  for (const field of form.split('&')) {
    if (field.startsWith(name + '=')) return field.substr(name.length + 1)
  }
  return ''
}

/** The network of a form, or a sentence: `n` is a name that was found, else `o` one typed, `p` the password. */
export function formRead(form: string): WifiNetwork | string {
  const found = fieldOf(form, 'n')
  const name = found ? unhexed(found) : decoded(fieldOf(form, 'o'))
  const password = decoded(fieldOf(form, 'p'))
  if (name === '') return 'Which network? Choose one, or type its name.'
  if (name === undefined || !found && !isText(name)) return 'That name is no text.'
  if (name.length > NAME_SIZE_MAX) return 'The name of a network has up to 32 bytes.'
  if (password === undefined || !isText(password)) return 'That password is no text.'
  if (password && (password.length < PASSWORD_SIZE_MIN || password.length > PASSWORD_SIZE_MAX)) {
    return 'The password of a network has 8 to 63 bytes. Leave it empty for a network without one.'
  }
  return { name, password }
}
