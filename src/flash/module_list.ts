// Modules that hub.js requires: files of Storage under their own names, each of which may require others.

import { HUB_FILE } from './storage_build'
import type { StorageFile } from './storage_build'

/** Where Espruino publishes its modules: `<name>.min.js` and `<name>.js`. */
export const MODULES_ADDRESS = 'https://www.espruino.com/modules'

/** Those that the firmware of an ESP32 has. Source: the libraries of its boards/ESP32*.py. */
const BUILT_IN = [
  'ESP8266', 'Flash', 'NetworkJS', 'Storage', 'TelnetServer', 'Wifi', 'crypto', 'dgram', 'fs', 'heatshrink', 'http',
  'neopixel', 'net', 'timer', 'tls',
]

/** Comments and texts, so that no `require` is found in them; and calls of `require` with a text. */
const PIECES = new RegExp([
  '//[^\\n]*', '/\\*[^]*?\\*/',
  '\\brequire\\s*\\(\\s*(["\'])(?<name>[^"\'\\\\\\n]+)\\1\\s*\\)',
  '"(?:\\\\[^]|[^"\\\\\\n])*"', '\'(?:\\\\[^]|[^\'\\\\\\n])*\'', '`(?:\\\\[^]|[^`\\\\])*`',
].join('|'), 'g')

const requiredBy = (code: Uint8Array): string[] =>
  [...new TextDecoder().decode(code).matchAll(PIECES)].flatMap(({ groups }) => groups?.name ?? [])

/** The modules that files require, directly or through one another, and that are neither among them nor `there`. */
export function modulesMissing (files: StorageFile[], there: string[] = []): string[] {
  const known = new Set([...BUILT_IN, ...there, ...files.map(({ name }) => name)])
  const code = files.filter(({ name }) => name === HUB_FILE || !/\.json$|^\./.test(name))
  return [...new Set(code.flatMap(({ data }) => requiredBy(data)))].filter(name => !known.has(name))
}

/** The names of files that a module may have where it is kept, the shortest first. */
export const moduleFiles = (name: string): string[] => [`${name}.min.js`, `${name}.js`]

/** The name of the module in a file of this name. */
export const moduleOf = (fileName: string): string => fileName.replace(/(\.min)?\.js$/, '')
