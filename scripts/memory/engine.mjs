// A real interpreter that runs a board's bundle from Storage, and counts its variables.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WIFI_STAND_IN } from '../lib/espruino.mjs'
import { freePort } from '../lib/free_port.mjs'
import { moduleOf } from '../lib/node_module.mjs'

const VARIABLE_SIZE = 14
const REPORT_MS = 200
const START_MS_MAX = 10_000

/** Whether ESPRUINO names an interpreter. */
export const hasEngine = () => existsSync(process.env.ESPRUINO ?? '')

/** Variables of an array besides those of its bytes, and of its name. */
const ARRAY_VARIABLES = 4

/** Takes all variables but so many; 0: none. @param {number} free */
const fillLine = free => free
  ? `var FILL=new Uint8Array((process.memory().free-${free + ARRAY_VARIABLES})*process.memory().blocksize);` : ''

/**
 * Counts once a pass is over, when nothing but what stays is left. This measurement's own variables are there before
 * the bundle begins, which has so many free, or all (0).
 * @param {string} line
 * @param {boolean} hasWifi
 * @param {number} free
 */
const programOf = (line, hasWifi, free) => `${hasWifi ? WIFI_STAND_IN : ''}
setInterval(function(){var m=process.memory();print("USAGE "+m.usage+" "+m.blocksize+" "+m.free)},${REPORT_MS});
${fillLine(free)}eval(require("Storage").read(".bootcde"));${line}`

/**
 * Its flash. The port stands in the board's configuration: a program that gave it another would leave something in the
 * engine.
 * @param {string} bundle
 * @param {object} settings
 * @param {{ name: string, data: Uint8Array }[]} files
 */
async function flashOf (bundle, settings, files) {
  const flash = await moduleOf('src/flash/index.ts')
  const configuration = { name: flash.CONFIGURATION_FILE, data: Buffer.from(JSON.stringify(settings)) }
  return flash.storageBuild([configuration], Buffer.from(bundle, 'latin1'), files)
}

/**
 * Starts the interpreter; `usage()` waits for the next count and answers it in variables of an ESP32.
 * @param {string} bundle
 * @param {object} [options]
 * @param {string} [options.line]  of program, behind the bundle
 * @param {object} [options.settings]  of midge.json, beside its port
 * @param {{ name: string, data: Uint8Array }[]} [options.files]  of Storage, beside the bundle
 * @param {boolean} [options.hasWifi]  as a stand-in for the firmware's
 * @param {number} [options.free]  variables that the bundle has free, all unless told
 * @param {Uint8Array} [options.kept]  what flash had in front of the files when an engine before was stopped
 */
export async function engineStart (bundle, options = {}) {
  const { line = '', settings = {}, files = [], hasWifi = false, free: freeGiven = 0, kept } = options
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'midge-memory-'))
  const flash = join(folder, 'espruino.flash')
  writeFileSync(join(folder, 'program.js'), programOf(line, hasWifi, freeGiven), 'latin1')
  const image = await flashOf(bundle, { ...settings, port }, files)
  if (kept) image.set(kept)
  writeFileSync(flash, image)
  const child = spawn(resolve(String(process.env.ESPRUINO)), ['program.js'],
    { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  let text = ''
  let size = 0
  let free = 0
  child.stdout.on('data', data => { text += data.toString('latin1') })
  async function usage () {
    const from = text.length
    for (let ms = 0; ms < START_MS_MAX; ms += REPORT_MS) {
      await sleep(REPORT_MS)
      const found = [...text.slice(from).matchAll(/USAGE (\d+) (\d+) (\d+)/g)]
      // The first of them may have been counted before.
      if (found.length < 2) continue
      const [, count, blockSize, left] = found[found.length - 1]
      size = Number(blockSize)
      free = Number(left)
      return Math.ceil(Number(count) * size / VARIABLE_SIZE)
    }
    throw new Error(`the interpreter says nothing:\n${text.slice(-500)}`)
  }
  const stop = () => { child.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true }) }
  return {
    port, usage, stop, output: () => text, isOfBoard: () => size === VARIABLE_SIZE,
    /** Of the last count. */
    free: () => free,
    /** What its flash has of a size. */
    kept: (/** @type {number} */ bytes) => readFileSync(flash).subarray(0, bytes),
  }
}

/**
 * Variables of a bundle at rest, with all that the interpreter has without one.
 * @param {string} bundle
 * @param {{ hasWifi?: boolean, free?: number }} [options]  of engineStart
 */
export async function usageAtRest (bundle, options) {
  const engine = await engineStart(bundle, options)
  try {
    return await engine.usage()
  } finally {
    engine.stop()
  }
}

/**
 * What is in the interpreter before the bundle: its own, and the text of this measurement.
 * @param {{ hasWifi?: boolean, free?: number }} [options]  of engineStart
 */
export const usageWithout = options => usageAtRest(' ', options)
