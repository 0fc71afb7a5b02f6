// The real interpreter on this computer: ESPRUINO names an Espruino for Linux.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { listenElsewhere } from '../lib/espruino.mjs'
import { freePort } from '../lib/free_port.mjs'
import { moduleOf } from '../lib/node_module.mjs'
import { pageFreePort } from './page_port.mjs'
import { createLine, numbersExpression } from './numbers.mjs'

/** Where the interpreter has its flash, in the folder in which it is started. */
const FLASH_FILE = 'espruino.flash'

/** Milliseconds that the interpreter has for listening. */
const START_MS_MAX = 10_000

/** It knows no address to listen on: it listens on all of this computer's. */
const EVERYWHERE = '0.0.0.0'

/** What the program prints in front of its numbers, once a second. */
const NUMBERS = 'NUMBERS '
const NUMBERS_MS = 1_000

/** Storage with its files and what `kept` has kept, without what chooses among programs that came over the air. */
async function storageWith (files, kept) {
  const flash = await moduleOf('src/flash/index.ts')
  const all = Object.entries(files).filter(([name]) => !['.bootrst', 'm.slots'].includes(name))
    .map(([name, data]) => ({ name, data: Buffer.from(data, 'latin1') }))
  const storage = flash.storageBuild(all.filter(({ name }) => name !== flash.BROKER_FILE),
    all.find(({ name }) => name === flash.BROKER_FILE).data)
  if (kept) storage.set(kept.subarray(0, flash.RECORDS_END))
  return storage
}

/**
 * The program: the bundle runs, and behind it stands what tells its numbers. The broker's port becomes the one asked
 * for, and so does its page's.
 */
function programOf (names, port, pagePort) {
  const numbers = `${JSON.stringify(NUMBERS)}+${numbersExpression(names, true)}`
  const tell = `\nsetInterval(function(){print(${numbers})},${NUMBERS_MS});`
  return `${listenElsewhere(port, '', pagePort)}eval(require("Storage").read(".bootcde"));${tell}`
}

async function untilItListens (child, port) {
  const endMs = performance.now() + START_MS_MAX
  while (child.exitCode === null && performance.now() < endMs) {
    const isThere = await new Promise(done => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => { socket.destroy(); done(true) })
      socket.once('error', () => done(false))
    })
    if (isThere) return
    await new Promise(done => setTimeout(done, 50))
  }
  throw new Error('Espruino does not listen')
}

/** Its lines without its greeting and the console's cursor movements; numbers are for `tell`. */
function printLines (stream, log, tell) {
  let rest = ''
  let isGreeting = true
  stream.setEncoding('latin1')
  stream.on('data', text => {
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop()
    for (const line of lines) {
      const words = line.replace(/\x1b\[J|^>/g, '').trim()
      if (words.startsWith(NUMBERS)) tell(words.slice(NUMBERS.length))
      else if (!isGreeting && words) log(words)
      if (words.includes('espruino.com/Donate')) isGreeting = false
    }
  })
}

/**
 * Starts the interpreter, with a flash file (flash_file.mjs) where it has one; answers its port and address, a line
 * about it, and how to end it.
 */
export async function startEngine ({ files, names, flash = null, port, pagePort = 0, log }) {
  const { ESPRUINO } = process.env
  if (!ESPRUINO || !existsSync(ESPRUINO)) {
    const problem = ESPRUINO ? `${ESPRUINO} is not there` : 'ESPRUINO does not name one'
    throw new Error(`--engine espruino needs an Espruino for Linux, and ${problem}: `
      + 'ESPRUINO=path/to/espruino npm start -- --engine espruino')
  }
  const chosen = await freePort(port, EVERYWHERE)
  const page = pagePort && await pageFreePort(pagePort, EVERYWHERE)
  const folder = mkdtempSync(join(tmpdir(), 'midge-start-'))
  writeFileSync(join(folder, 'midge.js'), programOf(names, chosen, page), 'latin1')
  writeFileSync(flash?.file ?? join(folder, FLASH_FILE), await storageWith(files, flash?.storage))
  if (flash) symlinkSync(flash.file, join(folder, FLASH_FILE))
  // Its input stays open: at the end of it the interpreter would read the same character for ever.
  const child = spawn(resolve(ESPRUINO), ['midge.js'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  flash?.sharedWith(child.pid)
  const lineOf = createLine()
  let line = ''
  printLines(child.stdout, log, numbers => { line = lineOf(numbers) })
  child.once('close', () => rmSync(folder, { recursive: true, force: true }))
  const stop = () => child.kill('SIGKILL')
  try {
    await untilItListens(child, chosen)
  } catch (error) {
    stop()
    throw error
  }
  return {
    port: chosen,
    pagePort: page,
    host: EVERYWHERE,
    status: () => line,
    stop,
    onEnd: run => child.once('close', run),
  }
}
