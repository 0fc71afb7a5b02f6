// A Storage image made on a computer. The files that the owner can change come first and have their pages to
// themselves, so that a new broker can be written behind them without erasing them.

import { FlashError } from './flash_error'
import { PAGE_SIZE, STORAGE_SIZE } from './layout'
import {
  NAME_SIZE, RECORD_HEADER_SIZE, recordData, recordEnd, recordHeader, recordSize, storageRecords,
} from './storage_record'
import type { StorageRecord } from './storage_record'

export interface StorageFile { name: string, data: Uint8Array }

/** The file that Espruino runs when it starts: the broker. */
export const BROKER_FILE = '.bootcde'
export const CONFIGURATION_FILE = 'midge.json'
export const HUB_FILE = 'hub.js'

/** Names that the firmware runs: a file left under one of them would start before the broker, or in its place. */
const BOOT_NAME = /^\.(boot|varimg)/

export const isOwnersFile = (name: string): boolean => !BOOT_NAME.test(name)

const pageAligned = (size: number): number => Math.ceil(size / PAGE_SIZE) * PAGE_SIZE

/** Bytes that files take, to the end of their last page. */
export const filesSize = (files: StorageFile[]): number =>
  pageAligned(files.reduce((sum, { data }) => sum + recordSize(data.length), 0))

function fileCheck ({ name, data }: StorageFile): void {
  if (data.length === 0) throw new FlashError('usage', `${name} is empty: Espruino has no empty files`)
  if (name.length > NAME_SIZE || /[^\x21-\x7e]/.test(name)) {
    throw new FlashError('usage', `"${name}" cannot be a file's name: up to ${NAME_SIZE} characters of ASCII can`)
  }
}

/** Storage as it is flashed, whole: what is left over from before would come back as files. */
export function storageBuild (owners: StorageFile[], broker: Uint8Array): Uint8Array {
  const image = new Uint8Array(STORAGE_SIZE).fill(0xff)
  const brokerStart = filesSize(owners)
  if (brokerStart + recordSize(broker.length) > STORAGE_SIZE) {
    throw new FlashError('no room', `the files do not fit into the board's ${STORAGE_SIZE} bytes of Storage`)
  }
  // In one order, from wherever they were gathered: the same files make the same pages.
  const sorted = [...owners].sort((a, b) => a.name < b.name ? -1 : 1)
  let offset = 0
  for (const file of [...sorted, { name: BROKER_FILE, data: broker }]) {
    fileCheck(file)
    if (file.name === BROKER_FILE) offset = brokerStart
    image.set(recordHeader(file.name, file.data.length), offset)
    image.set(file.data, offset + RECORD_HEADER_SIZE)
    offset += recordSize(file.data.length)
  }
  return image
}

/** The files that the firmware finds in an image, the first of each name. */
export function storageFiles (image: Uint8Array): StorageFile[] {
  return filesOf(image, storageRecords(image))
}

function filesOf (image: Uint8Array, records: StorageRecord[]): StorageFile[] {
  const files = new Map<string, StorageFile>()
  for (const record of records) {
    const data = recordData(image, record)
    // What was being written when the power went ends in erased bytes, and no text does.
    const isWhole = !record.deleted && data[data.length - 1] !== 0xff && /^[\x21-\x7e]+$/.test(record.name)
    if (isWhole && !files.has(record.name)) files.set(record.name, { name: record.name, data: data.slice() })
  }
  return [...files.values()]
}

/**
 * The owner's files, also of a Storage that was torn: an update that was cut off leaves them whole on pages of their
 * own, but perhaps not where the firmware's walk from record to record arrives.
 */
export function ownersFiles (image: Uint8Array): StorageFile[] {
  const records = storageRecords(image)
  for (let page = 0; page < image.length; page += PAGE_SIZE) {
    if (records.some(record => page >= record.offset && page < recordEnd(record))) continue
    const behind = storageRecords(image.subarray(page)).map(record => ({ ...record, offset: record.offset + page }))
    records.push(...behind)
  }
  return filesOf(image, records).filter(({ name }) => isOwnersFile(name))
}
