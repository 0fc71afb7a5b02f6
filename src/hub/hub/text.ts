// Texts of the owner's code and the bytes that the broker has of them.
import { characters } from '../packets'

/** Whether the engine has Unicode strings; else a text is its bytes. */
let isUnicode = false

/** Call it before the others. */
export function textsLook(): void {
  try {
    E.asUTF8('')
    isUnicode = true
  } catch { /* Its strings are bytes. */ }
}

/** Bytes of UTF-8 as the owner's code writes them. */
export function textOf(bytes: string): string {
  return isUnicode ? E.asUTF8(bytes) : bytes
}

/** The way back. What the owner writes in hub.js, or reads from a file, may be either. */
export function bytesOf(text: string): string {
  return E.isUTF8(text) ? E.fromUTF8(text) : text
}

/**
 * JSON in UTF-8. An engine without Unicode strings writes each byte beyond ASCII as an escape of its own, which would
 * be another text.
 */
function jsonOf(value: object): string {
  const json = JSON.stringify(value)
  // Between escaped backslashes, so that one of them never belongs to what looks like an escape behind it.
  return isUnicode ? json : json.split('\\\\').map(part =>
    part.replace(/\\u00[89A-F]./g, (escape) => characters(parseInt(escape.substr(4), 16)))).join('\\\\')
}

/** The bytes of a payload: none is an empty one, an object is JSON, everything else is its text. */
export function payloadOf(payload: unknown): string {
  if (payload === undefined || payload === null) return ''
  if (payload instanceof Uint8Array) return E.toString(payload) || ''
  if (typeof payload === 'object') return jsonOf(payload)
  return bytesOf('' + (payload as string))
}
