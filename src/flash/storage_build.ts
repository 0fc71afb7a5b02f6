// A Storage image made on a computer. What the broker keeps comes first; then the files that the owner can change,
// which have their pages to themselves, so that a new broker can be written behind them without erasing them.

import { FlashError } from './flash_error'
import { PAGE_SIZE, STORAGE_SIZE } from './layout'
import { RECORDS_END, RECORDS_FILE, keepsRecords, recordsHeader, storageOf } from './records_file'
import {
  NAME_SIZE, RECORD_HEADER_SIZE, recordData, recordEnd, recordHeader, recordSize, storageRecords,
} from './storage_record'
import type { StorageRecord } from './storage_record'

/** A file: a character of its name is a byte; of its flags, 64 is that it is appended to, 128 packed. */
export interface StorageFile { name: string, data: Uint8Array, flags?: number }

/** The file that Espruino runs when it starts: the broker. */
export const BROKER_FILE = '.bootcde'
export const CONFIGURATION_FILE = 'midge.json'
export const HUB_FILE = 'hub.js'

/** Names that the firmware runs: a file left under one of them would start before the broker, or in its place. */
const BOOT_NAME = /^\.(boot|varimg)/

/** Extensions of the broker: src/flash/extensions.ts. */
const EXTENSION_NAME = /^m\./

/** Whether a file belongs to the program, as the broker does: an update brings it anew. */
export const isExtension = (name: string): boolean => EXTENSION_NAME.test(name)

/** What the broker keeps is no file that an update carries over: it stays where it is. */
export const isOwnersFile = (name: string): boolean =>
  !BOOT_NAME.test(name) && !isExtension(name) && name !== RECORDS_FILE

/** Flags of files that are anybody's but the firmware's own. */
const FLAGS = 0xc0

const pageAligned = (size: number): number => Math.ceil(size / PAGE_SIZE) * PAGE_SIZE

/** Bytes that files take, to the end of their last page. */
export const filesSize = (files: StorageFile[]): number =>
  pageAligned(files.reduce((sum, { data }) => sum + recordSize(data.length), 0))

function fileCheck ({ name, data }: StorageFile): void {
  if (data.length === 0) throw new FlashError('usage', `${name} is empty: Espruino has no empty files`)
  if (name.length > NAME_SIZE || /[^\x01-\xff]/.test(name)) {
    throw new FlashError('usage', `"${name}" cannot be a file's name: up to ${NAME_SIZE} bytes can`)
  }
}

const endsErased = (data: Uint8Array): boolean => data[data.length - 1] === 0xff

/**
 * One order for the same files, from wherever they were gathered: the same files make the same pages. What ends in
 * erased bytes is never the last, where it would look as if the power had gone while it was written.
 */
const byPlace = (a: StorageFile, b: StorageFile): number =>
  Number(endsErased(b.data)) - Number(endsErased(a.data)) || (a.name < b.name ? -1 : 1)

/**
 * Storage as it is flashed, whole: what is left over from before would come back as files. Nothing is kept yet.
 * `extensions` are the broker's (src/flash/extensions.ts).
 */
export function storageBuild (
  owners: StorageFile[], broker: Uint8Array, extensions: StorageFile[] = [],
): Uint8Array {
  const isKept = keepsRecords(broker)
  const start = isKept ? RECORDS_END : 0
  const image = storageOf(isKept ? recordsHeader() : new Uint8Array())
  image.set(filesBuild(owners, broker, STORAGE_SIZE - start, extensions), start)
  return image
}

/** The part of Storage that the owner's files and the program have: its last `size` bytes, whole pages. */
export function filesBuild (
  owners: StorageFile[], broker: Uint8Array, size: number, extensions: StorageFile[] = [],
): Uint8Array {
  const image = new Uint8Array(size).fill(0xff)
  const programStart = filesSize(owners)
  const program = [...extensions, { name: BROKER_FILE, data: broker }]
  if (programStart + program.reduce((sum, { data }) => sum + recordSize(data.length), 0) > size) {
    throw new FlashError('no room', `the files do not fit into the board's ${size} bytes of Storage`)
  }
  let offset = 0
  const files: StorageFile[] = [...[...owners].sort(byPlace), ...program]
  for (const file of files) {
    fileCheck(file)
    if (file === program[0]) offset = programStart
    image.set(recordHeader(file.name, file.data.length, file.flags), offset)
    image.set(file.data, offset + RECORD_HEADER_SIZE)
    offset += recordSize(file.data.length)
  }
  return image
}

/** The files that the firmware finds in an image, the first of each name. */
export function storageFiles (image: Uint8Array): StorageFile[] {
  return filesOf(image, storageRecords(image))
}

/** A header that was written to its end: the name is padded with zeros. Bytes within a file hardly ever look so. */
function isHeader (image: Uint8Array, { offset, name, flags }: StorageRecord): boolean {
  const rest = image.subarray(offset + 4 + name.length, offset + RECORD_HEADER_SIZE)
  return name !== '' && !name.endsWith('\xff') && (flags & ~FLAGS) === 0 && rest.every(byte => byte === 0)
}

/**
 * What was being written when the power went ends in erased bytes, and nothing follows it. So does a file that
 * Espruino appends to; but of one that was torn in an update there is a whole copy elsewhere, and that is taken.
 */
function filesOf (image: Uint8Array, records: StorageRecord[]): StorageFile[] {
  const files = new Map<string, StorageFile & { isTorn: boolean }>()
  for (const [index, record] of records.entries()) {
    if (record.deleted || !isHeader(image, record)) continue
    const { name, flags } = record
    const data = recordData(image, record).slice()
    const isTorn = endsErased(data) && records[index + 1]?.offset !== recordEnd(record)
    const known = files.get(name)
    if (!known || known.isTorn && !isTorn) files.set(name, { name, data, flags, isTorn })
  }
  return [...files.values()].map(({ name, data, flags }) => ({ name, data, flags }))
}

/**
 * The owner's files, also of a Storage that was torn: an update that was cut off leaves them whole on pages of their
 * own, but perhaps not where the firmware's walk from record to record arrives.
 */
export const ownersFiles = (image: Uint8Array): StorageFile[] =>
  filesAnywhere(image).filter(({ name }) => isOwnersFile(name))

/** All files, also of a Storage that was torn. */
export function filesAnywhere (image: Uint8Array): StorageFile[] {
  const records = storageRecords(image)
  for (let page = 0; page < image.length; page += PAGE_SIZE) {
    if (records.some(record => page >= record.offset && page < recordEnd(record))) continue
    const behind = storageRecords(image.subarray(page)).map(record => ({ ...record, offset: record.offset + page }))
    records.push(...behind)
  }
  return filesOf(image, records)
}
