// Runs the rows: an interpreter of its own for each, so that no row inherits another's tables.
import { setTimeout as sleep } from 'node:timers/promises'
import { clientOpen } from './client.mjs'
import { engineStart, HANDLERS, PASS, TIMERS } from './engine.mjs'
import { connectPacket } from './packets.mjs'

/** Enough for every topic of a row to be known. */
const WARM_UPS = 16
const IDLE_CLIENTS = 9
const PASSES_MS = 500
/** More than two ticks. */
const TICKS_MS = 2_500

/** Who is connected to the broker under measurement. */
function createWorld (port) {
  const clients = []
  return {
    /** A connected client. */
    async open (version) {
      const client = await clientOpen(port, version)
      clients.push(client)
      const connack = await client.ask(connectPacket(`client${clients.length}`, version))
      const code = connack.reasonCode ?? connack.returnCode
      if (code !== 0) throw new Error(`a client was refused with ${code}`)
      return client
    },
    close: () => Promise.all(clients.map(client => client.close())),
  }
}

/** Gives `work` a running bundle. */
async function withBundle (code, functions, work) {
  const engine = await engineStart(code, functions)
  const world = createWorld(engine.port)
  try {
    return await work(engine, world)
  } catch (error) {
    throw new Error(`${error.message}\n${engine.output().slice(-500)}`, { cause: error })
  } finally {
    await world.close()
    await engine.stop()
  }
}

/** Instructions of the handlers for one time of what a row does. */
export function rowMeasure (code, { prepare, times, warmUps = WARM_UPS }) {
  return withBundle(code, HANDLERS, async (engine, world) => {
    const once = await prepare(world)
    const repeat = count => async () => {
      for (let left = count; left > 0; left--) await once(left === 1)
    }
    if (times === 0) return (await engine.count(repeat(1))).instructions
    await repeat(warmUps)()
    const first = await engine.count(repeat(times))
    const second = await engine.count(repeat(2 * times))
    return (second.instructions - first.instructions) / times
  })
}

/** Instructions of one call of these functions while nine clients are idle. */
function idleMeasure (code, functions, ms) {
  return withBundle(code, functions, async (engine, world) => {
    for (let i = 0; i < IDLE_CLIENTS; i++) await world.open(4)
    const { instructions, calls } = await engine.count(() => sleep(ms))
    if (calls === 0) throw new Error(`${functions} were not called`)
    return instructions / calls
  })
}

/** The engine's work on the sockets in one pass. */
export const passMeasure = code => idleMeasure(code, PASS, PASSES_MS)

/** The broker's timer, once a second. */
export const tickMeasure = code => idleMeasure(code, TIMERS, TICKS_MS)
