// The list that Espruino publishes of a release, in the form of ESP Web Tools: for each chip, files and where in
// flash they go.

import { notArchive } from './archive'
import { FlashError } from './flash_error'
import { FIRMWARE_START, PARTITION_TABLE_START } from './layout'
import type { ChipLayout, FileNames } from './layout'

interface Build { chipFamily: string, parts: { path: string, offset: number }[] }

/** Whether what an address answered may be such a list, and no archive. */
export const isManifest = (data: Uint8Array): boolean => /^\s*\{/.test(String.fromCharCode(...data.subarray(0, 64)))

function buildsOf (data: Uint8Array): Build[] {
  try {
    const { builds } = JSON.parse(new TextDecoder().decode(data)) as { builds: Build[] }
    builds.every(({ chipFamily, parts }) => chipFamily.length + parts.length)
    return builds
  } catch {
    throw notArchive('the manifest cannot be read')
  }
}

/**
 * Where a chip's files are, by the names that they have in its archive; relative to where the list is. Empty: the list
 * has nothing for the chip. Throws FlashError.
 */
export function manifestPaths (data: Uint8Array, { chip, bootloaderStart, files: [names] }: ChipLayout):
Map<string, string> {
  const parts = buildsOf(data).find(({ chipFamily }) => chipFamily === chip)?.parts
  if (!parts) return new Map()
  const starts: [keyof FileNames, number][] = [
    ['bootloader', bootloaderStart], ['partitionTable', PARTITION_TABLE_START], ['firmware', FIRMWARE_START],
  ]
  return new Map(starts.map(([name, start]) => {
    const part = parts.find(({ offset }) => offset === start)
    if (!part) throw notArchive(`the manifest has nothing for ${chip} at 0x${start.toString(16)}`)
    return [names[name], part.path]
  }))
}

/** No chip that was asked for is in the list. */
export const notInManifest = (data: Uint8Array, chips: readonly ChipLayout[]): FlashError => new FlashError(
  'wrong chip', `this release is for ${buildsOf(data).map(({ chipFamily }) => chipFamily).join(', ')}, and not for `
  + chips.map(({ chip }) => chip).join(', '))
