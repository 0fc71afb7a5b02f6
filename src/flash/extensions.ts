// Extensions: cold parts of a board's program, files of Storage beside the broker that a board gets where its
// midge.json asks for them. src/hub has their sources, a folder each: `m.` and the folder's name is the file's.

import { FlashError } from './flash_error'
import { configurationOf } from './owner_files'
import { slotsFile, startFile } from './program_slots'
import type { StorageFile } from './storage_build'

/**
 * By file, in the order in which they start: the keys of midge.json that ask for it. One that several keys ask for
 * reads them all.
 */
export const EXTENSIONS: Record<string, string[]> = {
  'm.ha': ['homeassistant'],
  'm.rules': ['rules'],
  'm.update': ['update'],
}

/** Tells a board which extensions it has, and which keys are theirs. */
export const EXTENSION_LIST = 'm.list'

/** The files of the extensions that settings ask for. */
export const extensionsAsked = (settings: Record<string, unknown>): string[] =>
  Object.keys(EXTENSIONS).filter(name => EXTENSIONS[name].some(key => settings[key] !== undefined))

/**
 * Extensions as files of Storage, with the list of them; none where none is named. `all` has the text of each that
 * there is for the board.
 */
export function extensionFiles (names: string[], all: ReadonlyMap<string, Uint8Array>): StorageFile[] {
  if (names.length === 0) return []
  const list = Object.fromEntries(names.map(name => [name, EXTENSIONS[name]]))
  const files = names.map(name => {
    const data = all.get(name)
    if (data) return { name, data }
    throw new FlashError('usage', `${name} is missing beside the broker: load it anew`)
  })
  const room = names.includes('m.update') ? [slotsFile(), startFile()] : []
  return [...files, ...room, { name: EXTENSION_LIST, data: new TextEncoder().encode(JSON.stringify(list)) }]
}

/** For a board that has had some. */
export const NO_EXTENSIONS: StorageFile = { name: EXTENSION_LIST, data: new TextEncoder().encode('{}') }

/**
 * What a board with these files goes on with when its program is made anew: what its configuration asks for, and what
 * it had, as a configuration may have been written on the board, in its own notation.
 */
export const extensionsKept = (files: StorageFile[]): string[] => {
  const asked = extensionsAsked(configurationOf(files))
  return Object.keys(EXTENSIONS).filter(name => asked.includes(name) || files.some(file => file.name === name))
}
