// Values for people: payloads, amounts, times.

/** Bytes of a payload that are shown. */
const SHOWN_SIZE_MAX = 8_192

const strict = new TextDecoder('utf-8', { fatal: true })

/** A text without what would forge the look of the page: control characters and those that turn the direction. */
export const plain = (text: string): string =>
  text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '\ufffd')

/** A payload as text; undefined: it is none. */
export function textOf(payload: Uint8Array): string | undefined {
  try {
    return strict.decode(payload)
  } catch {
    return undefined
  }
}

const hexOf = (payload: Uint8Array): string =>
  [...payload].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')

/** A payload in one line. */
export function lineOf(payload: Uint8Array): string {
  if (!payload.length) return '(empty)'
  const text = textOf(payload.subarray(0, 256))
  return text === undefined ? hexOf(payload.subarray(0, 32)) : plain(text).replace(/\s+/g, ' ')
}

/** A payload as it is read best: JSON in lines, other text as it is, what is no text in hexadecimal. */
export function blockOf(payload: Uint8Array): string {
  if (payload.length > SHOWN_SIZE_MAX) {
    return `${blockOf(payload.slice(0, SHOWN_SIZE_MAX))}\n… ${payload.length - SHOWN_SIZE_MAX} more bytes`
  }
  const text = textOf(payload)
  if (text === undefined) return hexOf(payload)
  if (!/^\s*[[{]/.test(text)) return plain(text)
  try {
    return plain(JSON.stringify(JSON.parse(text), null, 2))
  } catch {
    return plain(text)
  }
}

const NUMBER = /^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\s*([%°CFKWVAhk/a-z³²]{0,6})\s*$/

/** The number that a payload is, or the first that a JSON object has; undefined: there is none. */
export function numberOf(payload: Uint8Array): number | undefined {
  if (!payload.length || payload.length > 1_024) return undefined
  const text = textOf(payload) ?? ''
  if (NUMBER.test(text)) return parseFloat(text)
  if (!text.startsWith('{')) return undefined
  try {
    return Object.values(JSON.parse(text) as object).find((value): value is number => typeof value === 'number')
  } catch {
    return undefined
  }
}

/** At most four digits, of larger numbers three, and a unit: 1.2 M. */
export function amount(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T']
  let unit = 0
  while (Math.abs(value) >= (unit ? 1_000 : 10_000) && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit || value % 1 ? Number(value.toFixed(value < 100 ? 1 : 0)) : value}${units[unit]}`
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor(seconds % 3_600 / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds % 86_400 / 3_600)} h`
}

export const ago = (seconds: number): string => seconds < 2 ? 'now' : `${duration(seconds)} ago`

export const clock = (at: number): string => new Date(at).toLocaleTimeString()
