// `npm start [-- --board esp32] [--hub hub.js] [--engine simulator|espruino] ...`: a virtual board on this computer.
// It runs dist/<board>/midge.js, the bundle that the board itself gets, byte for byte.
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { USAGE, commandLine, readPort } from './lib/command_line.mjs'
import { bridgeFollow } from './start/bridge.mjs'
import { ownTime, readSpeed, readTime } from './start/time.mjs'
import { showBuild } from './lib/show_build.mjs'

/** Loaded when the first line has been printed: the compilers behind them take half a second. */
const ENGINES = {
  simulator: async options => (await import('./start/simulator.mjs')).startSimulator(options),
  espruino: async options => (await import('./start/engine.mjs')).startEngine(options),
}
/** Milliseconds between two live lines. */
const LINE_MS = 1_000
/** Addresses that stand for all of a computer's. */
const EVERYWHERE = ['0.0.0.0', '::']

/**
 * What to do, in one sentence.
 * @param {Error & { code?: string }} error
 * @param {Record<string, any>} options
 */
function sentenceOf (error, { port, host }) {
  if (error.code === 'EADDRINUSE') {
    return `port ${port} of ${host} is in use; stop what listens there, or take another: npm start -- --port 1884`
  }
  if (error.code === 'EACCES') return `port ${port} needs rights that you do not have; take one above 1023`
  if (error.code === 'EADDRNOTAVAIL') return `${host} is no address of this computer`
  return error.message
}

/** Prints a line above the live line, which is on a terminal only. */
function createConsole (isPlain) {
  const isLive = !isPlain && process.stdout.isTTY
  const clear = isLive ? '\r\x1b[K' : ''
  // Who was reading, as `head` does, may be gone: the board goes on.
  process.stdout.on('error', () => undefined)
  return {
    log: line => process.stdout.write(`${clear}${line}\n`),
    live: line => { if (isLive) process.stdout.write(`${clear}${line}`) },
  }
}

/** Parts of src that a start runs. */
const MODULES = [
  'src/flash/index.ts', 'src/flash/board_log.ts', 'src/flash/try_line.ts', 'src/simulator/live_driver.ts',
]

/** Makes them while the board's bundle is made: together they take two thirds as long as one behind the other. */
async function makeModules () {
  const { MODULE_BOARD, moduleOptions } = await import('./lib/node_module.mjs')
  const { makeBeside } = await import('./build/many.mjs')
  return makeBeside(MODULES.map(entry => [MODULE_BOARD, moduleOptions(entry)]))
}

async function start (options) {
  const output = createConsole(options.plain)
  output.log(`midge: a virtual ${options.board} starts`)
  const { readFiles } = await import('./start/files.mjs')
  const showStep = showBuild(`the bundle of ${options.board}`, output.log, output.live)
  const files = await readFiles(options, showStep, makeModules)
  const time = await ownTime(options, files.settings)
  const { moduleOf } = await import('./lib/node_module.mjs')
  const { flashOpen } = await import('./start/flash_file.mjs')
  const flash = await flashOpen(files.files['.bootcde'], options)
  if (flash) output.log(flash.line)
  const { BoardLog } = await moduleOf('src/flash/board_log.ts')
  const { pagePortOf } = await import('./start/page_port.mjs')
  const pagePort = pagePortOf(files.settings)
  const bridge = bridgeFollow(files.settings)
  const log = BoardLog.printer(line => { bridge.see(line); output.log(line) })
  const board = await ENGINES[options.engine]({ ...options, ...files, flash, time, pagePort, log })
  const isEverywhere = EVERYWHERE.includes(board.host)
  const near = isEverywhere ? '127.0.0.1' : board.host
  const where = isEverywhere ? 'all addresses of this computer' : board.host
  output.log(`midge: a virtual ${options.board} (${options.engine}) listens on ${where}, port ${board.port}`)
  if (time) output.log(`midge: its time begins at ${time.words}`)
  const { tryLine } = await moduleOf('src/flash/try_line.ts')
  const given = { ...files.settings, port: board.port }
  output.log(`midge: try  ${tryLine(near, given)}`)
  if (board.pagePort) output.log(`midge: its page  http://${near}:${board.pagePort}/`)
  const timer = setInterval(() => {
    output.live([board.status(), bridge.words()].filter(Boolean).join(' · '))
  }, LINE_MS)
  const stop = () => {
    clearInterval(timer)
    output.log('midge: the board is switched off')
    board.stop()
    flash?.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  board.onEnd(() => {
    clearInterval(timer)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  })
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const program = commandLine('start')
  .description('A virtual board on this computer.')
  .version(version)
  .option('--board <name>', 'a file of boards/ that is built for Espruino', 'esp32')
  .option('-p, --port <port>', 'TCP port; 0: any that is free', readPort, 1_883)
  .option('--host <address>', 'address to listen on; the real interpreter listens on all of them', '127.0.0.1')
  .option('-c, --config <file>', 'a midge.json for the board\'s Storage')
  .option('--no-wifi', 'without the Wi-Fi of midge.json: the board opens its access point')
  .option('--hub <file>', 'a hub.js for the board\'s Storage: your own code on the board')
  .option('--flash <file>', 'where its flash is kept from one start to the next, of a board that keeps what it '
    + 'acknowledges (default: in .cache/start)')
  .option('--fresh', 'begin with nothing kept')
  .option('--at <time>', 'what its clock says at the start, by its own zone: 2026-12-21T16:00', readTime)
  .option('--speed <factor>', 'seconds of its clock in one of yours, with --at', readSpeed)
  .option('--plain', 'log lines only')
  .addOption(new Option('--engine <name>', 'what runs the bundle').choices(Object.keys(ENGINES)).default('simulator'))
program.parse()
const options = program.opts()
start(options).catch(error => {
  console.error(`midge: ${sentenceOf(error, options)}`)
  process.exit(error.problem === 'usage' ? USAGE : 1)
})
