// An Espruino release for a chip: three files out of an archive or a folder, and whether they are the right ones.

import { gunzipSync, unzipSync } from 'fflate'
import { bootloaderFor4MB, imageIsWhole } from './bootloader_image'
import { crc32 } from './crc32'
import { FlashError } from './flash_error'
import { CHIP_LAYOUTS, FIRMWARE_START } from './layout'
import type { ChipLayout } from './layout'

/** Files by their names without folders. */
export type ArchiveFiles = ReadonlyMap<string, Uint8Array>

export interface Firmware { bootloader: Uint8Array, partitionTable: Uint8Array, firmware: Uint8Array }

const IMAGE_MAGIC = 0xe9
const IMAGE_CHIP_ID = 12
const TAR_BLOCK_SIZE = 512
const PARTITION_ENTRY_SIZE = 32

const baseName = (path: string): string => path.replace(/^.*[\\/]/, '')

const notArchive = (why: string): FlashError => new FlashError('not an archive',
  `this is not an Espruino release: ${why}. Get one from https://www.espruino.com/Download and choose that`)

/** The files of a .tgz or .zip, in the browser too. Throws FlashError. */
export function archiveFiles (archive: Uint8Array): ArchiveFiles {
  try {
    if (archive[0] === 0x1f && archive[1] === 0x8b) return tarFiles(gunzip(archive))
    if (archive[0] === 0x50 && archive[1] === 0x4b) {
      return new Map(Object.entries(unzipSync(archive)).map(([path, data]) => [baseName(path), data]))
    }
  } catch {
    throw notArchive('the archive is damaged')
  }
  throw notArchive('neither a .tgz nor a .zip')
}

/** What a .gz holds, held to the CRC-32 at its end. */
function gunzip (archive: Uint8Array): Uint8Array {
  const data = gunzipSync(archive)
  const end = new DataView(archive.buffer, archive.byteOffset + archive.length - 8)
  if (end.getUint32(0, true) !== crc32(data)) throw new RangeError('CRC')
  return data
}

function tarFiles (tar: Uint8Array): ArchiveFiles {
  const files = new Map<string, Uint8Array>()
  const text = (start: number, size: number): string =>
    String.fromCharCode(...tar.subarray(start, start + size)).replace(/\0.*$/s, '')
  let block = 0
  while (block + TAR_BLOCK_SIZE <= tar.length && tar[block] !== 0) {
    const size = parseInt(text(block + 124, 12), 8)
    if (!(size >= 0)) throw new RangeError('size')
    const start = block + TAR_BLOCK_SIZE
    if (start + size > tar.length) throw new RangeError('size')
    const type = tar[block + 156]
    if (type === 0 || type === 0x30) files.set(baseName(text(block, 100)), tar.slice(start, start + size))
    block = start + Math.ceil(size / TAR_BLOCK_SIZE) * TAR_BLOCK_SIZE
  }
  return files
}

/** The chips that an archive has firmware for: by the names of its files. */
export const firmwareChips = (files: ArchiveFiles): ChipLayout[] =>
  CHIP_LAYOUTS.filter(layout => files.has(layout.files.firmware))

/** The parts of a release, checked against the chip that they are for. Throws FlashError. */
export function firmwareRead (files: ArchiveFiles, layout: ChipLayout): Firmware {
  const other = firmwareChips(files)[0]
  if (other && !files.has(layout.files.firmware)) {
    throw new FlashError('wrong chip', `this firmware is for ${other.chip}, and the board has ${layout.chip}`)
  }
  const file = (name: string): Uint8Array => {
    const data = files.get(name)
    if (!data) throw notArchive(`${name} is missing`)
    return data
  }
  const bootloader = file(layout.files.bootloader)
  const partitionTable = file(layout.files.partitionTable)
  const firmware = file(layout.files.firmware)
  if (firmware.length > layout.firmwareSizeMax) throw notArchive(`${layout.files.firmware} is too large`)
  imageCheck(bootloader, layout, layout.files.bootloader)
  imageCheck(firmware, layout, layout.files.firmware)
  if (!partitionHasFirmware(partitionTable)) throw notArchive(`${layout.files.partitionTable} is no partition table`)
  return { bootloader: bootloaderFor4MB(bootloader), partitionTable, firmware }
}

function imageCheck (image: Uint8Array, layout: ChipLayout, name: string): void {
  if (image[0] !== IMAGE_MAGIC) throw notArchive(`${name} is no image for an ESP32`)
  const chipId = image[IMAGE_CHIP_ID] | image[IMAGE_CHIP_ID + 1] << 8
  if (chipId !== layout.imageChipId) {
    const chip = CHIP_LAYOUTS.find(({ imageChipId }) => imageChipId === chipId)?.chip ?? `chip ${chipId}`
    throw new FlashError('wrong chip', `${name} is for ${chip}, and the board has ${layout.chip}`)
  }
  if (!imageIsWhole(image)) throw notArchive(`${name} is damaged or cut off`)
}

/** Whether a partition table starts an application where the firmware goes. */
export function partitionHasFirmware (table: Uint8Array): boolean {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  for (let at = 0; at + PARTITION_ENTRY_SIZE <= table.length; at += PARTITION_ENTRY_SIZE) {
    if (table[at] !== 0xaa || table[at + 1] !== 0x50) return false
    if (table[at + 2] === 0 && view.getUint32(at + 4, true) === FIRMWARE_START) return true
  }
  return false
}
