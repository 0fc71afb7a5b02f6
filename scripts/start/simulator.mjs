// The simulated board in real time, with its broker's port bridged to one of this computer.
import { moduleOf } from '../lib/node_module.mjs'

// Rows of the broker's counters: src/broker/counters.ts.
const RECEIVED = 2
const SENT = 3
const DROPPED = 8

/** How much a number has grown in a second since it was asked for last. */
function createRate () {
  let before = { ms: performance.now(), value: 0 }
  return value => {
    const now = { ms: performance.now(), value }
    const rate = (value - before.value) * 1_000 / (now.ms - before.ms)
    before = now
    return Math.round(rate)
  }
}

export const SIMULATOR = 'src/simulator/live_driver.ts'

/** Switches the board on; answers its port, a line about it, and how to end it. */
export async function startSimulator ({ files, port, host, log }) {
  const { LiveDriver } = await moduleOf(SIMULATOR)
  // The live line reads midge.counters, and only a board with a hub.js has them.
  const driver = new LiveDriver({ files: { 'hub.js': '// Nothing.', ...files }, log })
  driver.start()
  const { board } = driver
  const [boardPort] = board.tcp.ports
  if (!boardPort) {
    driver.close()
    throw new Error('the board does not listen')
  }
  try {
    port = await driver.listen(boardPort, port, host)
  } catch (error) {
    driver.close()
    throw error
  }
  const rate = createRate()
  return {
    port,
    status: () => {
      const counters = board.evaluate('midge.counters')
      return `clients ${driver.connections} · ${rate(counters[RECEIVED] + counters[SENT])} packets/s · `
        + `memory ${board.heap.used} of ${board.heap.total} variables · dropped ${counters[DROPPED]}`
    },
    stop: () => driver.close(),
    onEnd: () => undefined,
  }
}
