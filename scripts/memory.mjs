// `npm run memory [-- --board esp32] [--ledger | --bridge | --unused | --config midge.json | --free 2500]`: JsVars of
// the real interpreter that a board takes for it, at rest and with a full home; with --ledger what it takes at rest, by
// kind; with --bridge what a bridge adds to that, whose other broker is a second interpreter; with --unused what
// extensions take where there are none; with --config what a midge.json adds, with the extensions that it asks for;
// with --free what a board serves whose program has so many variables free, and what of them is left. The bundle runs
// from Storage, as on a board: functions' text stays there and is not counted. ESPRUINO names an Espruino for Linux
// with variables of 14 bytes, as an ESP32 has (a 32-bit build); another build's count is converted by the size of its
// variables, which is right for tables and too high for the rest. A full home that takes more than the board's budget
// ends with an error, where the interpreter counts as an ESP32 does.
import { setTimeout as sleep } from 'node:timers/promises'
import { loadBoard } from './lib/board.mjs'
import { bundleFor } from './build/edition.mjs'
import { commandLine, wholeNumber } from './lib/command_line.mjs'
import { formatTable } from './lib/table.mjs'
import { engineStart, hasEngine, usageWithout } from './memory/engine.mjs'
import { filesFor, measureExtensions, measureUnused } from './memory/extensions.mjs'
import { LOOK_MS, measureFit, roomOf } from './memory/fit.mjs'
import {
  OFFLINE, QUEUED, awayBegin, checkHome, homeOpen, publishMany, queueMany, retainMany, subscribeMany,
} from './memory/home.mjs'
import { ledgerLine, ledgerRows } from './memory/ledger.mjs'

/** A full home, with what Home Assistant and Zigbee2MQTT bring: each board has what of it it has room for. */
const HOME = { clients: 9, subscriptions: 600, retained: 350 }
/** Topics that the port remembers, so that it hands on what comes for them. */
const REMEMBERED = 24

/** Variables that a board has free, by what was published of them with Wi-Fi on. */
const FREE = 3_400
/** Where tables fit themselves to what is free that is so many. */
const startOf = ({ TABLES_FIT }) => TABLES_FIT ? { free: FREE } : {}

/** One place is the owner's own code's. */
async function homeOf (engine, { CONNECTIONS_MAX, SUBSCRIPTIONS_MAX, RETAINED_MAX, TABLES_FIT }) {
  const [subscriptions, retained] = TABLES_FIT ? await roomOf(engine) : [SUBSCRIPTIONS_MAX, RETAINED_MAX]
  return {
    clients: Math.min(HOME.clients, CONNECTIONS_MAX - 1),
    subscriptions: Math.min(HOME.subscriptions, subscriptions),
    retained: Math.min(HOME.retained, retained),
  }
}

/**
 * What the broker's variables are at rest.
 * @param {import('./build/types').Bundle} bundle
 */
async function measureLedger ({ code, text }) {
  const base = await usageWithout()
  const engine = await engineStart(code, { line: ledgerLine(text) })
  try {
    const total = await engine.usage() - base
    return [['the broker at rest', total], ...ledgerRows(engine.output(), total)]
  } finally {
    engine.stop()
  }
}

/** What a board says when its bridge is there. */
const CONNECTED = 'bridge: connected'
const CONNECT_MS_MAX = 20_000

/**
 * What a bridge takes that carries topics both ways.
 * @param {string} boardName
 * @param {string} code
 */
async function measureBridge (boardName, code) {
  const base = await usageWithout()
  const there = await engineStart(code)
  const topics = ['topic sensors/# out 1 "" attic/', 'topic commands/# in 1 "" attic/']
  const bridge = [`address 127.0.0.1:${there.port}`, ...topics]
  const here = await engineStart(code, { settings: { bridge }, files: await filesFor(boardName, { bridge }) })
  try {
    const rest = await there.usage() - base
    for (let ms = 0; !here.output().includes(CONNECTED); ms += 100) {
      if (ms > CONNECT_MS_MAX) throw new Error(`the bridge does not connect:\n${here.output().slice(-500)}`)
      await sleep(100)
    }
    return [['the broker at rest', rest], ['with a bridge that is connected', await here.usage() - base]]
  } finally {
    here.stop()
    there.stop()
  }
}

/** Says whether a home is within its budget. */
function judgeHome (count, isOfBoard, { HOME_VARIABLES_MAX }) {
  const isOver = count > HOME_VARIABLES_MAX
  const budget = HOME_VARIABLES_MAX.toLocaleString('en-US')
  console.log(`A full home may take ${budget}: ${isOver ? 'it is over budget' : 'it is within'}.`)
  if (isOver && isOfBoard) process.exitCode = 1
}

async function measure (bundle, board) {
  const start = startOf(board)
  const base = await usageWithout(start)
  const engine = await engineStart(bundle, start)
  const clients = []
  const rows = []
  const count = async (what) => { rows.push([what, await engine.usage() - base]) }
  const open = (name) => homeOpen(engine.port, name)
  try {
    const home = await homeOf(engine, board)
    await count('the broker at rest')
    await awayBegin(engine.port)
    for (let i = 0; i < home.clients; i++) clients.push(await open(`client${i}`))
    await count(`${home.clients} clients, ${OFFLINE} sessions without theirs`)
    await subscribeMany(clients, home.subscriptions - OFFLINE)
    await count(`${home.subscriptions} subscriptions`)
    await retainMany(clients[0], home.retained)
    await count(`${home.retained} retained messages`)
    await queueMany(clients[0], OFFLINE * QUEUED)
    await count(`${OFFLINE} x ${QUEUED} messages queued`)
    judgeHome(rows.at(-1)[1], engine.isOfBoard(), board)
    await publishMany(clients, REMEMBERED)
    await count(`${REMEMBERED} topics published`)
    // A place for those who were away.
    for (const client of clients.splice(0, OFFLINE)) await client.close()
    await sleep(LOOK_MS)
    await checkHome(engine.port, home.retained, QUEUED)
  } finally {
    for (const client of clients) await client.close()
    engine.stop()
  }
  return rows
}

const options = commandLine('memory')
  .description('Variables of the real interpreter (ESPRUINO) that a board\'s broker takes, at rest and with a home.')
  .option('--board <name>', 'a file of boards/', 'esp32')
  .option('--ledger', 'what it takes at rest, by kind')
  .option('--bridge', 'what a bridge adds to that')
  .option('--unused', 'what extensions take on a board that has none')
  .option('--config <file>', 'what a midge.json adds to that, with the extensions that it asks for')
  .option('--free <variables>', 'what a board serves that has so many free, and what is left', wholeNumber(1))
  .parse().opts()
if (!hasEngine()) {
  console.error('ESPRUINO must name an Espruino for Linux (a 32-bit build counts as an ESP32 does).')
  process.exit(1)
}
const bundle = await bundleFor(options.board)
const rows = options.ledger ? await measureLedger(bundle)
  : options.bridge ? await measureBridge(options.board, bundle.code)
    : options.unused ? await measureUnused(options.board, bundle.code)
      : options.config ? await measureExtensions(options.board, bundle.code, options.config)
        : options.free ? await measureFit(bundle.code, options.free)
          : await measure(bundle.code, await loadBoard(options.board))
console.log(formatTable([[options.board, 'JsVars'], ...rows]))
