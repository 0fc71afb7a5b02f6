// Where what the broker keeps is: a folder by the name that persistence_file says, or beside the file of mosquitto's
// that has the name, which stays as it is. Once there is one beside it that one counts, also when the file is gone.
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Draft, notice } from './draft'

const BESIDE = '.midge'

export function storePlace({ options, store }: Draft): string {
  const named = resolve(join(store.folder, store.name))
  const beside = `${named}${BESIDE}`
  const isFile = existsSync(named) && statSync(named).isFile()
  if (isFile && store.place) {
    notice(options, store.place,
      `${named} is a file of mosquitto's, which Midge does not read; what is kept is in ${beside}`)
  }
  return isFile || existsSync(beside) ? beside : named
}
