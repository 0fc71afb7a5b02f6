// Whether places on the disk are what they should be, without writing there.
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigurationError, type Place } from '../configuration/entries'

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function rightCheck(path: string, told: string, place: Place, key: string): void {
  try {
    accessSync(path, constants.W_OK)
  } catch {
    throw new ConfigurationError(place, `${key}: ${told} cannot be written; give this user the right to.`)
  }
}

/** That a file can be made in a folder, or is there and can be written. */
export function writableCheck(path: string, place: Place, key: string): void {
  const folder = dirname(resolve(path))
  if (!isFolder(folder)) {
    throw new ConfigurationError(place, `${key}: the folder ${folder} does not exist; make it first.`)
  }
  if (isFolder(path)) throw new ConfigurationError(place, `${key}: ${path} is a folder; give the path of a file.`)
  rightCheck(existsSync(path) ? path : folder, path, place, key)
}

/** That a folder is there and can be written, or can be made with those above it. */
export function folderCheck(path: string, place: Place, key: string): void {
  let there = resolve(path)
  while (!existsSync(there)) there = dirname(there)
  if (!isFolder(there)) throw new ConfigurationError(place, `${key}: ${there} is no folder; give another path.`)
  rightCheck(there, path, place, key)
}

/** That what is read from is a folder. */
export function isFolderCheck(path: string, place: Place, key: string): void {
  if (!isFolder(path)) throw new ConfigurationError(place, `${key}: ${path} is no folder; give the path of one.`)
}
