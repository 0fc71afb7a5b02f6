// What the live line says of a board's bridge: the board prints when it comes and when it goes (src/hub/bridge).

const CONNECTED = /^bridge: connected to /
const AWAY = /^bridge: .*, next attempt in \d+ s$/

/**
 * Follows a board with these settings: `see` takes a line that it prints, `words` answers how its bridge is; '': it
 * has none.
 * @param {{ bridge?: unknown }} settings  midge.json's
 */
export function bridgeFollow ({ bridge }) {
  let words = Array.isArray(bridge) && bridge.some(line => String(line).startsWith('address ')) ? 'bridge away' : ''
  return {
    words: () => words,
    see: (/** @type {string} */ line) => {
      if (CONNECTED.test(line)) words = 'bridge connected'
      else if (AWAY.test(line)) words = 'bridge away'
    },
  }
}
