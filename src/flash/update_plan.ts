// A new broker for a board that has one. What the owner changed, configuration first of all, is in flash nowhere else
// than in Storage: so at every instant of the update at least one whole copy of it stands there.

import { extensionFiles, extensionsKept } from './extensions'
import { FlashError } from './flash_error'
import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from './layout'
import type { Part } from './layout'
import { configurationOf } from './owner_files'
import { keepsRecords } from './records_file'
import { CONFIGURATION_FILE, filesAnywhere, filesBuild, filesSize, isOwnersFile, ownersFiles } from './storage_build'
import type { StorageFile } from './storage_build'

export interface UpdatePlan {
  /** Names of the files that are carried over. */
  kept: string[]
  /** What the configuration among them says, as far as it can be read here. */
  configuration: Record<string, unknown>
  /**
   * Whether they must move to other pages first. They are never lost to a cable pulled out then, but mend the board
   * before it starts: one with nothing in front of these files may find its Storage corrupt and erase it.
   */
  isMove: boolean
  /** Whether the broker could keep what it acknowledges, and this Storage has no file for that. */
  isForgetful: boolean
  /** Ranges of Storage in the order in which they must be written. */
  parts: Part[]
}

const part = (address: number, data: Uint8Array): Part => ({ name: 'storage', address, data })

const erase = (address: number, end: number): Part => part(address, new Uint8Array(end - address).fill(0xff))

/**
 * A range is erased before it is written. So a file that was being written ends in erased bytes and can be told from a
 * whole one; and behind the last record the firmware finds an erased page, or else it erases all of Storage.
 */
const rewrite = (address: number, data: Uint8Array): Part[] =>
  [erase(address, address + data.length), part(address, data)]

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, index) => byte === b[index])

/** For people: a file that Espruino appends to has several parts, which a byte behind its name tells apart. */
const namesOf = (files: StorageFile[]): string[] =>
  [...new Set(files.map(({ name }) => name.replace(/[^\x20-\x7e]/g, '')))]

/**
 * What to write over a Storage, for a broker and with the owner's files as they are. `storage` is what was read back:
 * all behind what the broker keeps (records_file.ts), to the end; `all` are the extensions that there are for it.
 */
export function updatePlan (
  storage: Uint8Array, broker: Uint8Array, all: ReadonlyMap<string, Uint8Array> = new Map(),
): UpdatePlan {
  const files = filesAnywhere(storage)
  const owners = files.filter(({ name }) => isOwnersFile(name))
  if (!owners.some(({ name }) => name === CONFIGURATION_FILE)) {
    throw new FlashError('not a board', `no ${CONFIGURATION_FILE} on this board: set it up instead of updating it`)
  }
  const isForgetful = storage.length === STORAGE_SIZE && keepsRecords(broker)
  const found = { kept: namesOf(owners), configuration: configurationOf(owners), isForgetful }
  const extensions = extensionFiles(extensionsKept(files), all)
    .filter(({ name }) => !owners.some(owner => owner.name === name))
  const image = filesBuild(owners, broker, storage.length, extensions)
  const start = STORAGE_START + STORAGE_SIZE - storage.length
  const brokerStart = filesSize(owners)
  const front = image.slice(0, brokerStart)
  const behind = rewrite(start + brokerStart, image.slice(brokerStart))
  if (equal(front, storage)) return { ...found, isMove: false, parts: behind }
  // The owner's files must move to the front, over pages that may hold their only copy: a second one at the far end
  // stands until the last part erases it.
  const copyStart = storage.length - brokerStart
  const move = [...clear(start, start + copyStart), part(start, front), ...behind]
  // An update that was cut off has left its copy, which may be the only one by now.
  if (equal(front, storage.subarray(copyStart))) return { ...found, isMove: true, parts: move }
  const before = new Uint8Array(storage)
  before.fill(0xff, copyStart)
  const survivors = ownersFiles(before)
  if (!owners.every(file => survivors.some(({ name, data }) => name === file.name && equal(file.data, data)))) {
    throw new FlashError('no room', 'Storage is too full for a safe update: save it first, then set the board up anew')
  }
  return { ...found, isMove: true, parts: [...rewrite(start + copyStart, front), ...move] }
}

/**
 * Erases the first page last: the firmware takes what stands behind an erased page for the end of a file that is none,
 * and would erase what the broker keeps as well.
 */
const clear = (address: number, end: number): Part[] =>
  [erase(address + PAGE_SIZE, end), erase(address, address + PAGE_SIZE)]
