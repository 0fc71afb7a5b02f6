// `midge-mqtt export` and `midge-mqtt import`: all that the broker keeps as one file. The gateway must not run.
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { loadConfiguration } from '../configuration/load'
import { entryFileOpen } from '../library/entry_file'
import { spoolFolder } from '../library/spool_apply'
import type { EntryFile } from '../records/entry_file'
import { recordsLoad } from '../records/record_loading'
import { recordsReplace } from '../records/records_replace'
import { type StateRecord, stateDecode, stateEncode } from '../records/state_file'
import { secondsNow } from '../time'
import { boardState } from './board_state'

export interface StateOptions {
  config?: string
  location?: string
  /** What is there may go. */
  force?: boolean
}

function locationOf({ config, location }: StateOptions): string {
  if (location !== undefined) return location
  if (config === undefined) throw new Error('Say where the store is: give --config <file> or --location <folder>.')
  const { persistence } = loadConfiguration(config)
  if (!persistence) throw new Error(`${config} does not say persistence true: there is no store.`)
  return persistence.location
}

async function withStore<T>(location: string, use: (file: EntryFile) => Promise<T>): Promise<T> {
  const file = await entryFileOpen(location)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** Payloads that are files of their own are in no record. */
function withoutSpool(location: string): string {
  const folder = spoolFolder(location)
  const count = existsSync(folder) ? readdirSync(folder).length : 0
  return count ? `, but not the payloads of ${count} messages of more than 4 MiB, which are in ${folder}` : ''
}

/** Writes the file in one step; answers a sentence about what was done. */
export async function stateExport(path: string, options: StateOptions): Promise<string> {
  const location = locationOf(options)
  // Opening would make one.
  if (!existsSync(location)) throw new Error(`${location} does not exist: there is no store.`)
  return withStore(location, async (file) => {
    const { records } = await recordsLoad(file)
    writeFileSync(`${path}.new`, stateEncode(records, secondsNow()), { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    return `${records.length} records of ${location} were written to ${path}${withoutSpool(location)}.`
  })
}

function readState(path: string, now: number): StateRecord[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    return boardState(bytes, now) ?? stateDecode(bytes, now)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

/** Reads a file into a store, all of it or nothing; answers a sentence about what was done. */
export async function stateImport(path: string, options: StateOptions): Promise<string> {
  const now = secondsNow()
  const records = readState(path, now)
  const location = locationOf(options)
  return withStore(location, async (file) => {
    const { records: present } = await recordsLoad(file)
    if (present.length && !options.force) {
      throw new Error(`${location} has ${present.length} records already: --force replaces them.`)
    }
    await recordsReplace(file, records, now)
    return `${records.length} records of ${path} are in ${location} now.`
  })
}
