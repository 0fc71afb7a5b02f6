// A real Espruino under valgrind's callgrind, which counts only while the engine calls a program's event handlers.
// The engine reads, sends and waits outside of these functions: that is the network's pass, and is not counted.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RECORDS_MAKE, WIFI_STAND_IN, listenElsewhere } from '../lib/espruino.mjs'
import { freePort } from '../lib/free_port.mjs'

/** The engine's functions that call 'data' handlers, and those of every queued event: connections, 'close', 'drain'. */
export const HANDLERS = ['jswrap_stream_pushData', 'jsiExecuteEventCallbackArgsArray']
/** The engine's function that works on all sockets, once a pass. */
export const PASS = ['jswrap_net_idle']
/** What calls a handler of any kind: on a board without traffic, the timers'. */
export const TIMERS = ['jsiExecuteEventCallback']
/** What reads a program that lies in flash. */
export const PROGRAM = ['jswrap_eval']

const LISTENING = 'now it listens'
const START_MS_MAX = 300_000

/** What is missing for a measurement, in a sentence; null when it can begin. */
export function engineMissing () {
  if (!process.env.ESPRUINO) return 'ESPRUINO must name an Espruino for Linux (a 32-bit build counts as an ESP32 does).'
  for (const program of ['valgrind', 'vgdb']) {
    if (spawnSync(program, ['--version']).error) return `${program} is missing: apt install valgrind.`
  }
  return null
}

/** Where nothing is counted, so many times as fast do timers run: an hour of a board's housekeeping takes 72 s. */
export const HURRY = 50

const intervals = functions => functions === TIMERS ? ''
  : functions.length === 0 ? `(function(s){global.setInterval=function(f,t){return s(f,t/${HURRY})}})(setInterval);`
    : 'global.setInterval=function(){};'

/**
 * What stands before a program: it has a store and, as a board has, a Wi-Fi, listens on another port than its own, so
 * that several can run side by side, and says so when it does. Where something is counted timers run only if they are
 * what is measured: a tick among some messages would make two runs differ.
 */
const prelude = (port, functions) => intervals(functions) + RECORDS_MAKE + WIFI_STAND_IN
  + listenElsewhere(port, `print("${LISTENING}")`)

/** Instructions counted, and how often the functions that are counted were called, in what callgrind wrote. */
function readCounts (file, functions) {
  const text = readFileSync(file, 'utf8')
  const instructions = Number(/^(?:totals|summary): (\d+)/m.exec(text)[1])
  let calls = 0
  for (const name of functions) {
    // A name is spelled out where it comes first; after that it is only its number.
    const number = new RegExp(`fn=\\((\\d+)\\) ${name}$`, 'm').exec(text)?.[1]
    const places = number ? text.matchAll(new RegExp(`^cfn=\\(${number}\\).*\ncalls=(\\d+) `, 'gm')) : []
    for (const [, count] of places) calls += Number(count)
  }
  return { instructions, calls }
}

/** An interpreter that counts, or, without `functions`, one that is as fast as it can be. */
const commandOf = (prefix, functions) => functions.length === 0 ? [] : [
  'valgrind', '--tool=callgrind', '-q', prefix, '--callgrind-out-file=counts',
  ...functions.map(name => `--toggle-collect=${name}`),
]

/**
 * Starts a program that listens on port 1883 in the interpreter. `functions`: what is counted, by the engine's names;
 * none: nothing is. `home`: the folder whose flash it has, and leaves behind; otherwise it has a new one.
 * - `port`: where it listens instead.
 * - `count(work)`: instructions, and calls of these functions, while an async function runs.
 * - `countedSoFar()`: the same, since the program's start or the last count.
 * - `output()`: what was printed so far.
 */
export async function engineStart (program, functions, home = '') {
  const port = await freePort()
  const folder = home || mkdtempSync(join(tmpdir(), 'midge-cost-'))
  writeFileSync(join(folder, 'program.js'), prelude(port, functions) + program, 'latin1')
  const prefix = `--vgdb-prefix=${join(folder, 'vgdb')}`
  const [command, ...words] = [...commandOf(prefix, functions), resolve(process.env.ESPRUINO), 'program.js']
  const child = spawn(command, words, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { text += data.toString('latin1') })
  const ended = once(child, 'close')
  let dumps = 0

  function tell (command) {
    const { status, stderr } = spawnSync('vgdb', [prefix, `--pid=${child.pid}`, command], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`vgdb ${command}: ${stderr}\n${text.slice(-500)}`)
  }

  function countedSoFar () {
    tell('dump')
    return readCounts(join(folder, `counts.${++dumps}`), functions)
  }

  async function count (work) {
    tell('zero')
    await work()
    return countedSoFar()
  }

  async function stop () {
    child.kill()
    await ended
    if (!home) rmSync(folder, { recursive: true, force: true })
  }

  const endMs = performance.now() + START_MS_MAX
  while (!text.includes(LISTENING)) {
    if (performance.now() > endMs || child.exitCode !== null) {
      await stop()
      throw new Error(`the program does not listen:\n${text.slice(-1_000)}`)
    }
    await sleep(50)
  }
  return { port, count, countedSoFar, stop, output: () => text }
}

/** The version that the engine greets with. */
export function engineVersion () {
  const program = 'print("version "+process.version)'
  const { stdout } = spawnSync(process.env.ESPRUINO, ['-e', program], { encoding: 'latin1' })
  return /version (\S+)/.exec(stdout)[1]
}
