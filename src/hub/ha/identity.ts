// What Home Assistant knows this board and the devices of its owner's code by.

interface Wifi { getAPIP(): { mac: string } }

/** The last half of its MAC address, which no other board has; a computer has none. */
function serial(): string {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    return (require('Wifi') as Wifi).getAPIP().mac.substr(9).split(':').join('')
  } catch {
    return 'board'
  }
}

/** Letters, digits, `_` and `-`, as discovery wants it. */
export const boardId = 'midge_' + serial()

/** Whether a text can be a part of an identifier, and of a topic. */
export function isName(text: unknown): boolean {
  return typeof text === 'string' && /^[a-zA-Z0-9_-]+$/.test(text)
}

/** Where what this board says of itself lies. */
export const boardTopic = `midge/${boardId}/`
