// The archives in which Espruino ships its releases, taken apart in the browser too.

import { gunzipSync, unzipSync } from 'fflate'
import { crc32 } from './crc32'
import { FlashError } from './flash_error'

/** Files by their paths: the archive of all boards has a folder for each chip, with the same names in them. */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>

const TAR_BLOCK_SIZE = 512

export const baseName = (path: string): string => path.replace(/^.*[\\/]/, '')

export const folderName = (path: string): string => path.slice(0, path.length - baseName(path).length)

export const notArchive = (why: string): FlashError => new FlashError('not an archive',
  `this is not an Espruino release: ${why}. Get one from https://www.espruino.com/Download and choose that`)

/** The files of a .tgz or .zip that `isWanted` by their names. Throws FlashError. */
export function archiveFiles (archive: Uint8Array, isWanted: (name: string) => boolean = () => true): ReleaseFiles {
  try {
    if (archive[0] === 0x1f && archive[1] === 0x8b) return tarFiles(gunzip(archive), isWanted)
    if (archive[0] === 0x50 && archive[1] === 0x4b) {
      // Of all boards' many megabytes a few are wanted.
      return new Map(Object.entries(unzipSync(archive, { filter: ({ name }) => isWanted(baseName(name)) })))
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

function tarFiles (tar: Uint8Array, isWanted: (name: string) => boolean): ReleaseFiles {
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
    const path = text(block, 100)
    if ((type === 0 || type === 0x30) && isWanted(baseName(path))) files.set(path, tar.slice(start, start + size))
    block = start + Math.ceil(size / TAR_BLOCK_SIZE) * TAR_BLOCK_SIZE
  }
  return files
}
