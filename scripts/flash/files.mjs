// Files of this computer that a command is told to read or to write; what is wrong with them is said in a sentence.
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { hubProblem } from '../lib/hub_file.mjs'

const WHY = { ENOENT: 'there is none', EISDIR: 'it is a folder', EACCES: 'you may not read it' }

/** Why a file could not be read, by the error of it. */
export const readProblem = (file, { code }) => `${file} cannot be read: ${WHY[code] ?? code}`

/** The bytes of a file. Throws FlashError when it cannot be read. */
export async function fileRead (flash, file) {
  const data = await readFile(file).catch(error => {
    throw new flash.FlashError('usage', readProblem(file, error))
  })
  return new Uint8Array(data)
}

/** The bytes of a file that is to be hub.js. Throws FlashError where a board would not run it as it is meant. */
export async function hubRead (flash, file) {
  const data = await fileRead(flash, file)
  const problem = await hubProblem(file, data)
  if (problem) throw new flash.FlashError('usage', problem)
  return data
}

/** Throws FlashError where `secretWrite` could not write: asked before a board is touched. */
export async function fileCheck (flash, file) {
  const problem = why => new flash.FlashError('usage', `${file} cannot be written: ${why}`)
  const folder = dirname(resolve(file))
  const found = await stat(folder).catch(() => null)
  if (!found?.isDirectory()) throw problem(`there is no folder ${folder}`)
  await access(folder, constants.W_OK | constants.X_OK).catch(() => { throw problem(`you may not write to ${folder}`) })
  const old = await stat(file).catch(() => null)
  // A rename would put a file into the place of whatever it is.
  if (old && !old.isFile()) throw problem('it is there, and no file')
}

/** Writes what holds secrets: nobody else may read it, not even where a file stood that everybody may read. */
export async function secretWrite (flash, file, data) {
  const fresh = `${file}.${process.pid}`
  try {
    await writeFile(fresh, data, { mode: 0o600, flag: 'wx' })
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw new flash.FlashError('usage', `${file} cannot be written: ${error.code}`)
  }
}
