// The flash of a virtual board whose broker keeps what it acknowledges: a file of this computer with the bytes of its
// Storage. Every write to flash is written there at once, so that a process that ends, in whichever way, leaves what a
// power cut leaves to a board. The file holds passwords, as a board's flash does.
import {
  closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { moduleOf } from '../lib/node_module.mjs'
import { ROOT } from '../lib/root.mjs'
import { usageError } from './files.mjs'

/** An interpreter whose npm start was killed ends when it next prints something; milliseconds. */
const ORPHAN_MS_MAX = 5_000
const LOOK_MS = 100

/** Whether a process has ended, and only its parent does not know yet; Linux says so. */
function isZombie (pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

function isAlive (pid) {
  try {
    return process.kill(pid, 0) && !isZombie(pid)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** The processes that a file's lock names, npm start first. */
const holders = lock => existsSync(lock) ? readFileSync(lock, 'latin1').split('\n').map(Number).filter(Boolean) : []

/** Takes the lock: two boards on one flash would destroy it. */
async function lockTake (lock, name) {
  for (let ms = 0; ; ms += LOOK_MS) {
    const [owner, ...others] = holders(lock)
    if (owner && isAlive(owner) || ms >= ORPHAN_MS_MAX) {
      throw usageError(`${name} is the flash of a virtual board that runs: stop that, or name another file, as with `
        + '--flash another.flash')
    }
    if (!others.some(isAlive)) break
    await sleep(LOOK_MS)
  }
  rmSync(lock, { force: true })
  writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' })
}

/** What a file kept, or null where there is none or it is to begin empty: then there is none. */
function keptOf (flash, file, name, isFresh) {
  if (!existsSync(file)) return null
  const kept = statSync(file).isFile() ? new Uint8Array(readFileSync(file)) : null
  if (kept && isFresh) {
    rmSync(file)
    return null
  }
  if (kept?.length === flash.STORAGE_SIZE && flash.recordsEnd(kept) === flash.RECORDS_END) return kept
  throw usageError(`${name} is not the flash of a virtual board: name another file${
    kept ? ', or say --fresh to make it one' : ''}`)
}

/**
 * The flash of a board with this broker; null: it keeps nothing. All but what was kept is erased. Answers the bytes of
 * its Storage, how to write some of them, and to tell of another process that does, and how to let go of it.
 * - `line`: for people.
 */
export async function flashOpen (broker, { board, flash: asked, fresh: isFresh }) {
  const flash = await moduleOf('src/flash/index.ts')
  if (!flash.keepsRecords(Buffer.from(broker, 'latin1'))) {
    if (asked || isFresh) throw usageError(`${board} keeps nothing: --flash and --fresh are for boards that do`)
    return null
  }
  const file = resolve(asked ?? join(ROOT, '.cache', 'start', `${board}.flash`))
  const name = asked ?? relative(process.cwd(), file)
  if (asked && !existsSync(dirname(file))) throw usageError(`there is no folder ${dirname(file)}`)
  mkdirSync(dirname(file), { recursive: true })
  const lock = `${file}.lock`
  await lockTake(lock, name)
  const close = () => rmSync(lock, { force: true })
  process.once('exit', close)
  const kept = keptOf(flash, file, name, isFresh)
  const storage = flash.storageOf(kept ?? flash.recordsHeader())
  writeFileSync(file, storage, { mode: 0o600, flag: kept ? 'r+' : 'w' })
  const line = `midge: what it acknowledges it keeps, in ${name}, also when this ends by Ctrl-C or kill -9${
    kept ? '; --fresh begins with nothing' : ''}`
  const place = openSync(file, 'r+')
  return {
    file,
    storage,
    storageStart: flash.STORAGE_START,
    line,
    write: (at, bytes) => writeSync(place, bytes, 0, bytes.length, at),
    sharedWith: pid => writeFileSync(lock, `${process.pid}\n${pid}\n`),
    close: () => { closeSync(place); close() },
  }
}
