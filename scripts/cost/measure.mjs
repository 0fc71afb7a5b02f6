// Runs the rows: an interpreter of its own for each, so that no row inherits another's tables.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientOpen } from './client.mjs'
import { storageWrite } from '../lib/espruino.mjs'
import { engineStart, HANDLERS, PASS, PROGRAM, TIMERS } from './engine.mjs'
import { connectPacket, entityFilters, publishPacket, subscribePacket } from './packets.mjs'

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
    async open (version, options = {}) {
      const client = await clientOpen(port, version)
      clients.push(client)
      const connack = await client.ask({ ...connectPacket(`client${clients.length}`, version), ...options })
      const code = connack.reasonCode ?? connack.returnCode
      if (code !== 0) throw new Error(`a client was refused with ${code}`)
      return client
    },
    close: () => Promise.all(clients.map(client => client.close())),
  }
}

/** The line that runs a bundle which lies in flash, as on a board: texts of functions are parts of it, no copies. */
const RUN = 'eval(require("Storage").read(".bootcde"));'

/** Gives `work` a bundle that runs from flash, null: it lies there; `home` as in engineStart. */
async function withBundle (code, functions, work, home = '') {
  const program = code === null ? RUN : storageWrite('.bootcde', code) + RUN
  const engine = await engineStart(program, functions, home)
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
export function rowMeasure (code, { prepare, times, warmUps = WARM_UPS }, board) {
  return withBundle(code, HANDLERS, async (engine, world) => {
    const once = await prepare(world, board)
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

/** Of what a full store has, all that is needed for a start that reads most: small records, and none of them gone. */
const RETAINED_SIZE = 2_000
const FILTERS = 400

/**
 * Fills a board's store in one life: retained messages, a session and its subscriptions, and messages that wait for it.
 * @param {{ RETAINED_MAX: number, QUEUE_MAX: number }} board
 */
const filling = ({ RETAINED_MAX, QUEUE_MAX }) => async (_engine, world) => {
  const keeper = await world.open(4, { clean: false })
  const filters = entityFilters(FILTERS)
  for (let i = 0; i < FILTERS; i += 50) await keeper.ask(subscribePacket(1, filters.slice(i, i + 50), 1))
  await keeper.close()
  const sender = await world.open(5)
  const publish = async (topic, options) => {
    const { reasonCode } = await sender.ask(publishPacket(topic, { qos: 1, messageId: 1, ...options }))
    return (reasonCode ?? 0) < 0x80
  }
  for (let i = 0; i < QUEUE_MAX; i++) await publish(filters[i], {})
  const payload = Buffer.alloc(RETAINED_SIZE, '21.5 ')
  for (let i = 0; i < RETAINED_MAX; i++) {
    if (!await publish(`homeassistant/sensor/device_${i}/config`, { retain: true, payload })) break
  }
}

/** A board does one thing a second for its flash: when it has done nothing for so long, it is done. */
const SETTLED_MS = 10_000
const SETTLED_MS_MAX = 300_000

/** Waits until the flash of the engine in a folder stays as it is. */
async function flashSettle (home) {
  const read = () => readFileSync(join(home, 'espruino.flash'))
  const end = performance.now() + SETTLED_MS_MAX
  let before = read()
  for (let same = 0; same < SETTLED_MS; same += SETTLED_MS / 10) {
    await sleep(SETTLED_MS / 10)
    const now = read()
    if (!now.equals(before)) same = 0
    before = now
    if (performance.now() > end) throw new Error(`the flash still changed after ${SETTLED_MS_MAX / 1_000} s`)
  }
}

/** Instructions from the first character of a bundle that lies in flash to where it listens, its store being full. */
export async function startMeasure (code, board) {
  const home = mkdtempSync(join(tmpdir(), 'midge-cost-'))
  try {
    await withBundle(code, [], async (engine, world) => {
      await filling(board)(engine, world)
      await flashSettle(home)
    }, home)
    return await withBundle(null, PROGRAM, async engine => (await engine.countedSoFar()).instructions, home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
