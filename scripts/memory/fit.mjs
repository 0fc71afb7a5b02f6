// What a board serves that has so many variables free when its program begins, and how many are left then: it fits its
// tables to them, takes clients as long as it has room for one more, and all of its tables are filled. And what it says
// when it starts again with fewer, and finds more than it has room for.
import { setTimeout as sleep } from 'node:timers/promises'
import { engineStart } from './engine.mjs'
import {
  OFFLINE, awayBegin, checkHome, homeOpen, publishMany, queueMany, retainMany, subscribeMany,
} from './home.mjs'

const CLIENTS_MAX = 9
const TOPICS = 30
/** A board looks at its variables once in it. */
export const LOOK_MS = 1_200
const START_MS_MAX = 20_000

/** The numbers that a board has room for, by what it says. */
export async function roomOf (engine) {
  for (let ms = 0; ms < START_MS_MAX; ms += 100) {
    const found = /room for (\d+) subscriptions, (\d+) retained and (\d+) queued/.exec(engine.output())
    if (found) return found.slice(1).map(Number)
    await sleep(100)
  }
  throw new Error(`the board does not say what it has room for:\n${engine.output().slice(-500)}`)
}

/** A variable that there was none of ends what runs: it must not come to that. */
function checkMemory (engine) {
  const said = engine.output()
  if (/MEMORY|Interrupted/.test(said)) throw new Error(`no variable was left:\n${said.slice(-500)}`)
}

/** Clients, one behind the other, as many as are let in. */
async function clientsOpen (port) {
  const clients = []
  while (clients.length < CLIENTS_MAX) {
    await sleep(LOOK_MS)
    try {
      clients.push(await homeOpen(port, `client${clients.length}`))
    } catch {
      // It was closed without a word.
      break
    }
  }
  return clients
}

/**
 * @param {string} bundle
 * @param {number} free
 */
export async function measureFit (bundle, free) {
  const rows = [['free when the program begins', free]]
  const engine = await engineStart(bundle, { free })
  const clients = []
  const left = async (/** @type {string} */ when) => {
    await engine.usage()
    checkMemory(engine)
    rows.push([`left ${when}`, engine.free()])
  }
  try {
    const [subscriptions, retained, rowCount] = await roomOf(engine)
    rows.push(['room for subscriptions', subscriptions], ['for retained messages', retained],
      ['for queued messages', rowCount])
    await left('at rest')
    await awayBegin(engine.port)
    clients.push(...await clientsOpen(engine.port))
    rows.push(['clients', clients.length])
    await left('with these')
    await subscribeMany(clients, subscriptions - OFFLINE)
    await retainMany(clients[0], retained)
    // One that comes is a row until it has been answered.
    const queued = Math.floor((rowCount - 1) / OFFLINE)
    await queueMany(clients[0], queued * OFFLINE)
    await left('with full tables')
    await publishMany(clients, Math.min(TOPICS, subscriptions - OFFLINE))
    await left(`with ${TOPICS} topics published`)
    for (const client of clients.splice(0)) await client.close()
    await sleep(LOOK_MS)
    await checkHome(engine.port, retained, queued)
    checkMemory(engine)
    return rows
  } finally {
    for (const client of clients) await client.close()
    engine.stop()
  }
}
