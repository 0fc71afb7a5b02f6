// A new broker for a board that has one. What the owner changed, configuration first of all, is in flash nowhere else
// than in Storage: so at every instant of the update at least one whole copy of it stands there.

import { FlashError } from './flash_error'
import { STORAGE_SIZE, STORAGE_START } from './layout'
import type { Part } from './layout'
import { configurationOf } from './owner_files'
import { CONFIGURATION_FILE, filesSize, ownersFiles, storageBuild } from './storage_build'
import type { StorageFile } from './storage_build'

export interface UpdatePlan {
  /** Names of the files that are carried over. */
  kept: string[]
  /** What the configuration among them says, as far as it can be read here. */
  configuration: Record<string, unknown>
  /**
   * Whether they must move to other pages first. They are never lost to a cable pulled out then, but a board that is
   * started in that state finds its Storage corrupt and erases it: mend it before it starts.
   */
  isMove: boolean
  /** Ranges of Storage in the order in which they must be written. */
  parts: Part[]
}

/**
 * A range is erased before it is written. So a file that was being written ends in erased bytes and can be told from a
 * whole one; and behind the last record the firmware finds an erased page, or else it erases all of Storage.
 */
function rewrite (data: Uint8Array, offset: number): Part[] {
  const part = (bytes: Uint8Array): Part => ({ name: 'storage', address: STORAGE_START + offset, data: bytes })
  return [part(new Uint8Array(data.length).fill(0xff)), part(data)]
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, index) => byte === b[index])

/** For people: a file that Espruino appends to has several parts, which a byte behind its name tells apart. */
const namesOf = (files: StorageFile[]): string[] =>
  [...new Set(files.map(({ name }) => name.replace(/[^\x20-\x7e]/g, '')))]

/** What to write over a Storage that was read back, for a broker and with the owner's files as they are. */
export function updatePlan (storage: Uint8Array, broker: Uint8Array): UpdatePlan {
  const owners = ownersFiles(storage)
  if (!owners.some(({ name }) => name === CONFIGURATION_FILE)) {
    throw new FlashError('not a board', `no ${CONFIGURATION_FILE} on this board: set it up instead of updating it`)
  }
  const found = { kept: namesOf(owners), configuration: configurationOf(owners) }
  const image = storageBuild(owners, broker)
  const brokerStart = filesSize(owners)
  const behind = rewrite(image.slice(brokerStart), brokerStart)
  if (equal(image.subarray(0, brokerStart), storage)) return { ...found, isMove: false, parts: behind }
  // The owner's files must move to the front, over pages that may hold their only copy: a second one at the far end
  // stands until the last part erases it.
  const copyStart = STORAGE_SIZE - brokerStart
  const front = image.slice(0, brokerStart)
  const move = [...rewrite(front, 0), ...behind]
  // An update that was cut off has left its copy, which may be the only one by now.
  if (equal(front, storage.subarray(copyStart))) return { ...found, isMove: true, parts: move }
  const before = new Uint8Array(storage)
  before.fill(0xff, copyStart)
  const survivors = ownersFiles(before)
  if (!owners.every(file => survivors.some(({ name, data }) => name === file.name && equal(file.data, data)))) {
    throw new FlashError('no room', 'Storage is too full for a safe update: save it first, then set the board up anew')
  }
  return { ...found, isMove: true, parts: [...rewrite(front, copyStart), ...move] }
}
