// An Espruino release for a chip: three files out of what Espruino ships, and whether they are the right ones.

import { baseName, folderName, notArchive } from './archive'
import type { ReleaseFiles } from './archive'
import { bootloaderFor4MB, imageIsWhole } from './bootloader_image'
import { FlashError } from './flash_error'
import { CHIP_LAYOUTS } from './layout'
import type { ChipLayout, FileNames } from './layout'
import { partitionTableRead } from './partition_table'
import type { PartitionTable } from './partition_table'
import { isTooOld, tooOld, versionOf } from './release_version'

/** The parts of a release and what they say about themselves. */
export interface Firmware extends Record<keyof FileNames, Uint8Array> {
  /** As Espruino writes it, such as 2v28 or, of a build between two releases, 2v28.37; empty: it does not say. */
  version: string
  partitions: Pick<PartitionTable, 'nvsSize' | 'otadata'>
}

const IMAGE_MAGIC = 0xe9
const IMAGE_CHIP_ID = 12

const NAMES = new Set(CHIP_LAYOUTS.flatMap(({ files }) => files)
  .flatMap(({ bootloader, partitionTable, firmware }) => [bootloader, partitionTable, firmware]))

/** Whether a file of this name may belong to a release. */
export const isReleaseFile = (name: string): boolean => NAMES.has(name)

/** Where a chip's firmware lies among the files: its folder, and the names in it. */
function places (files: ReleaseFiles, layout: ChipLayout): { folder: string, names: FileNames }[] {
  const paths = [...files.keys()]
  return layout.files.flatMap(names => paths.filter(path => baseName(path) === names.firmware)
    .map(path => ({ folder: folderName(path), names })))
}

/** The chips that there is firmware for: by the names of its files. */
export const firmwareChips = (files: ReleaseFiles): ChipLayout[] =>
  CHIP_LAYOUTS.filter(layout => places(files, layout).length > 0)

/** Why there is no firmware for a chip: the archive is of another chip, or too old to have one. */
function absent (files: ReleaseFiles, layout: ChipLayout): FlashError {
  const [other] = firmwareChips(files)
  if (!other) return notArchive(`${layout.files[0].firmware} is missing`)
  const [{ folder, names }] = places(files, other)
  const version = versionOf(files.get(folder + names.firmware)!)
  if (isTooOld(version)) return tooOld(version)
  return new FlashError('wrong chip', `this firmware is for ${other.chip}, and the board has ${layout.chip}`)
}

/** The parts of a release, checked against the chip that they are for. Throws FlashError. */
export function firmwareRead (files: ReleaseFiles, layout: ChipLayout): Firmware {
  const [place, another] = places(files, layout)
  if (!place) throw absent(files, layout)
  if (another) {
    throw new FlashError('usage', `there are several releases for ${layout.chip}: name one of ` +
      `${place.folder || 'those files'} and ${another.folder || 'those files'}`)
  }
  const { folder, names } = place
  const file = (part: keyof FileNames): Uint8Array => {
    const data = files.get(folder + names[part])
    if (!data) throw notArchive(`${names[part]} is missing`)
    return data
  }
  const bootloader = file('bootloader')
  const partitionTable = file('partitionTable')
  const firmware = file('firmware')
  const version = versionOf(firmware)
  const table = partitionTableRead(partitionTable)
  if (!table) throw notArchive(`${names.partitionTable} is no partition table`)
  if (isTooOld(version) || !table.hasStorage) throw tooOld(version)
  if (firmware.length > table.firmwareSizeMax) throw notArchive(`${names.firmware} is too large`)
  imageCheck(bootloader, layout, names.bootloader)
  imageCheck(firmware, layout, names.firmware)
  const { nvsSize, otadata } = table
  const partitions = { nvsSize, otadata }
  return { bootloader: bootloaderFor4MB(bootloader), partitionTable, firmware, version, partitions }
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
