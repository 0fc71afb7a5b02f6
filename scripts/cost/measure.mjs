// Runs the rows: an interpreter of its own for each, so that no row inherits another's tables.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientOpen } from './client.mjs'
import { storageWrite } from '../lib/espruino.mjs'
import { engineStart, HANDLERS, HURRY, PASS, PROGRAM, TIMERS } from './engine.mjs'
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
/** Of the retained values that fit, so many go where others are to change: a full store takes no change of these. */
const RETAINED_GONE = 40
const RETAINED_CHANGED = 100

const retainedTopic = number => `homeassistant/sensor/device_${number}/config`

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
    if (!await publish(retainedTopic(i), { retain: true, payload })) break
  }
}

const flashOf = home => readFileSync(join(home, 'espruino.flash'))

/** A board does one thing a second for its flash: when it has done nothing for so long, it is done. */
const SETTLED_MS = 500_000 / HURRY
const SETTLED_MS_MAX = 300_000
const HOUR_MS = 3_600_000 / HURRY

/** Waits until the flash of the engine in a folder stays as it is. */
async function flashSettle (home) {
  const end = performance.now() + SETTLED_MS_MAX
  let before = flashOf(home)
  for (let same = 0; same < SETTLED_MS; same += SETTLED_MS / 10) {
    await sleep(SETTLED_MS / 10)
    const now = flashOf(home)
    if (!now.equals(before)) same = 0
    before = now
    if (performance.now() > end) throw new Error(`the flash still changed after ${SETTLED_MS_MAX / 1_000} s`)
  }
}

const SECTOR_SIZE = 4_096
/** Sectors that a store has. */
const SECTORS = 160

/** How many sectors of its store a board has opened in its life: the highest number in their heads. */
function openedSectors (home) {
  const flash = flashOf(home)
  const numbers = Array.from({ length: SECTORS }, (_, sector) => {
    const [is, sequence, opening, sum] = [0, 4, 8, 12].map(at => flash.readInt32LE((sector + 1) * SECTOR_SIZE + at))
    return (is ^ sequence ^ opening) === sum ? opening : 0
  })
  return Math.max(...numbers)
}

/** A board keeps its tables behind 64 sectors: they are nearly due. */
const SECTORS_SINCE = 60

/** Gives a retained value another payload; an empty one: it is gone. */
async function retainedChange (client, number, payload) {
  const { reasonCode } = await client.ask(publishPacket(retainedTopic(number), {
    qos: 1, messageId: 1, retain: true, payload,
  }))
  if (reasonCode >= 0x80) throw new Error(`the board has no room for retained value ${number}`)
}

/** Changes retained values until so many sectors were opened. */
async function changing (client, home) {
  const end = openedSectors(home) + SECTORS_SINCE
  for (let turn = 0; openedSectors(home) < end; turn++) {
    await retainedChange(client, turn % RETAINED_CHANGED, Buffer.alloc(RETAINED_SIZE, `${turn} `))
  }
}

/**
 * Instructions from the first character of a bundle that lies in flash to where it listens, its store being full: an
 * hour after the last change, when the tables that a start reads were kept; or, late, with some room in the store, and
 * with so many sectors to be read behind the tables that these were nearly due again.
 */
const startMeasure = isLate => async (code, board) => {
  const home = mkdtempSync(join(tmpdir(), 'midge-cost-'))
  try {
    await withBundle(code, [], async (engine, world) => {
      await filling(board)(engine, world)
      const client = await world.open(5)
      if (isLate) {
        for (let i = 0; i < RETAINED_GONE; i++) await retainedChange(client, RETAINED_CHANGED + i, Buffer.alloc(0))
      }
      await sleep(HOUR_MS)
      await flashSettle(home)
      if (isLate) await changing(client, home)
    }, home)
    return await withBundle(null, PROGRAM, async engine => (await engine.countedSoFar()).instructions, home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

export const quietStartMeasure = startMeasure(false)
export const lateStartMeasure = startMeasure(true)
