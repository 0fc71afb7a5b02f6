// Extensions: cold parts of a board's program, files of Storage beside the broker that a board gets where its
// midge.json asks for them, or its owner's own code. src/hub has their sources, a folder each: `m.` and the folder's
// name is the file's.

import { FlashError } from './flash_error'
import { configurationOf } from './owner_files'
import { PAGE_FILE } from './page_file'
import { slotsFile, startFile } from './program_slots'
import { HUB_FILE } from './storage_build'
import type { StorageFile } from './storage_build'
import { SLOTS_FILE } from './slot_layout'
import { WIFI_FILE, WIFI_FILE_SIZE } from './wifi_room'

/**
 * By file, in the order in which they start: the keys of midge.json that ask for it. One that several keys ask for
 * reads them all.
 */
export const EXTENSIONS: Record<string, string[]> = {
  // Makes `midge`, for those behind it and for hub.js, which asks for it as a key does.
  'm.hub': [HUB_FILE],
  'm.bridge': ['bridge'],
  'm.rescue': ['wifi_ap_password', 'wifi_ap_pin'],
  'm.name': ['mdns'],
  'm.ha': ['homeassistant'],
  'm.page': ['dashboard'],
  // In front of m.rules, which asks it for times.
  'm.time': ['time'],
  'm.rules': ['rules'],
  'm.update': ['update'],
  'm.state': ['state'],
}

/** Those that speak to the broker by `midge`. */
const SPEAKERS = ['m.ha', 'm.page', 'm.time', 'm.rules', 'm.update', 'm.state']
const HUB_EXTENSION = 'm.hub'

/** Names in the order in which they start, with what those need that speak to the broker. */
const inOrder = (names: string[]): string[] => Object.keys(EXTENSIONS).filter(name =>
  names.includes(name) || name === HUB_EXTENSION && names.some(other => SPEAKERS.includes(other)))

/** All that stands beside a broker and may be asked for. */
export const filesBeside = (): string[] => [...Object.keys(EXTENSIONS), PAGE_FILE]

/** Tells a board which extensions it has, and which keys are theirs. */
export const EXTENSION_LIST = 'm.list'

/** Room for what a board writes by itself, in place: it stays as it is where the board has it. */
export const isRoom = (name: string): boolean => name === SLOTS_FILE || name === WIFI_FILE

/** No networks yet; a file that ends in an erased byte would look as if it had been cut off. */
function wifiFile (): StorageFile {
  const data = new Uint8Array(WIFI_FILE_SIZE + 1).fill(0xff)
  data[data.length - 1] = 0x2e
  return { name: WIFI_FILE, data }
}

/** The files of the extensions that settings ask for, and hub.js where there is one. */
export const extensionsAsked = (settings: Record<string, unknown>, hasHub: boolean): string[] =>
  inOrder(Object.keys(EXTENSIONS).filter(name =>
    EXTENSIONS[name].some(key => settings[key] !== undefined || key === HUB_FILE && hasHub)))

/** The same of the owner's files. */
export const extensionsOf = (files: StorageFile[]): string[] =>
  extensionsAsked(configurationOf(files), files.some(({ name }) => name === HUB_FILE))

/** The keys by which a board knows that an extension is asked for. */
const keysOf = (name: string, names: string[]): string[] => name === HUB_EXTENSION
  ? names.filter(other => other === name || SPEAKERS.includes(other)).flatMap(other => EXTENSIONS[other])
  : EXTENSIONS[name]

/**
 * Extensions as files of Storage, with the list of them; none where none is named. `all` has the text of each that
 * there is for the board.
 */
export function extensionFiles (names: string[], all: ReadonlyMap<string, Uint8Array>): StorageFile[] {
  if (names.length === 0) return []
  const list = Object.fromEntries(names.map(name => [name, keysOf(name, names)]))
  const fileOf = (name: string): StorageFile => {
    const data = all.get(name)
    if (data) return { name, data }
    throw new FlashError('usage', `${name} is missing beside the broker: load it anew`)
  }
  const files = names.map(fileOf)
  const room = [
    ...names.includes('m.update') ? [slotsFile(), startFile()] : [], ...names.includes('m.rescue') ? [wifiFile()] : [],
  ]
  const beside = names.includes('m.page') ? [fileOf(PAGE_FILE)] : []
  return [...files, ...beside, ...room, { name: EXTENSION_LIST, data: new TextEncoder().encode(JSON.stringify(list)) }]
}

/** For a board that has had some. */
export const NO_EXTENSIONS: StorageFile = { name: EXTENSION_LIST, data: new TextEncoder().encode('{}') }

/**
 * What a board with these files goes on with when its program is made anew: what its configuration asks for, and what
 * it had, as a configuration may have been written on the board, in its own notation.
 */
export const extensionsKept = (files: StorageFile[]): string[] => {
  const asked = extensionsOf(files)
  return inOrder(Object.keys(EXTENSIONS).filter(name =>
    asked.includes(name) || files.some(file => file.name === name)))
}
