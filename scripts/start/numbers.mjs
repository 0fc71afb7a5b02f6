// The numbers of the live line: an expression that the board's own interpreter works out, and the line made of them.

// Rows of the broker's counters: src/broker/counters.ts.
const RECEIVED = 2
const SENT = 3
const DROPPED = 8

/**
 * A list of numbers as text, each with its name: clients, where the board counts them packets and what was dropped, and
 * with `hasMemory` the variables of memory, taken and in all. `names` are the bundle's short names by those of the
 * sources. A simulated board has other variables than an engine: what it says of its memory is no claim for people.
 */
export function numbersExpression ({ connectionCount, counters }, hasMemory) {
  const counted = counters
    ? `,packets:${counters}[${RECEIVED}]+${counters}[${SENT}],dropped:${counters}[${DROPPED}]` : ''
  const memory = hasMemory ? ',used:m.usage,total:m.total' : ''
  return `(function(m){return JSON.stringify({clients:${connectionCount}${counted}${memory}})})(process.memory())`
}

/** Answers a function that makes the line of such a text; packets a second are those since it was called last. */
export function createLine () {
  let before = { ms: performance.now(), packets: 0 }
  return text => {
    const { clients, packets, dropped, used, total } = JSON.parse(text)
    const line = [`clients ${clients}`]
    if (total !== undefined) line.push(`memory ${used} of ${total} variables`)
    if (packets !== undefined) {
      const now = { ms: performance.now(), packets }
      const rate = Math.round((packets - before.packets) * 1_000 / (now.ms - before.ms))
      line.push(`${rate} packets/s`, `dropped ${dropped}`)
      before = now
    }
    return line.join(' · ')
  }
}
