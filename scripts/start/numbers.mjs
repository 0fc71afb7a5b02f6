// The numbers of the live line: an expression that the board's own interpreter works out, and the line made of them.

// Rows of the broker's counters: src/broker/counters.ts.
const RECEIVED = 2
const SENT = 3
const DROPPED = 8

/**
 * A text of numbers: clients, variables of memory taken and in all, and where the board counts them packets and what
 * was dropped. `names` are the bundle's short names by those of the sources.
 */
export function numbersExpression ({ connectionCount, counters }) {
  const counted = counters ? `,${counters}[${RECEIVED}]+${counters}[${SENT}],${counters}[${DROPPED}]` : ''
  return `(function(m){return[${connectionCount},m.usage,m.total${counted}].join(" ")})(process.memory())`
}

/** Answers a function that makes the line of such a text; packets a second are those since it was called last. */
export function createLine () {
  let before = { ms: performance.now(), packets: 0 }
  return text => {
    const [clients, used, total, packets, dropped] = text.split(' ').map(Number)
    const memory = `clients ${clients} · memory ${used} of ${total} variables`
    if (packets === undefined) return memory
    const now = { ms: performance.now(), packets }
    const rate = Math.round((packets - before.packets) * 1_000 / (now.ms - before.ms))
    before = now
    return `${memory} · ${rate} packets/s · dropped ${dropped}`
  }
}
