// A release of Espruino made up for tests: the right names, images with checksums and hashes,
// a partition table, and nothing that runs.

import { createHash } from 'node:crypto'
import { gzipSync, zipSync } from 'fflate'
import type { ChipLayout } from '../../src/flash/layout'
import { FIRMWARE_START } from '../../src/flash/layout'

const HASH_SIZE = 32
/** Bytes of an image's header and of its one segment's. */
const HEADERS_SIZE = 32

/**
 * An image of `size` bytes, a multiple of 16, for a chip; `sizeBits` is the flash that it asks for, 2 for 4 MB. Its
 * data is noise that hardly compresses.
 */
function image (chipId: number, size: number, sizeBits: number): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, index) =>
    Math.imul(index, Math.imul(index, 2_654_435_761)) >>> 24)
  const end = size - HASH_SIZE
  const dataEnd = end - 4
  bytes.fill(0, 0, HEADERS_SIZE)
  bytes.set([0xe9, 1, 2, sizeBits << 4 | 0x0f])
  bytes[12] = chipId
  bytes[23] = 1
  new DataView(bytes.buffer).setUint32(HEADERS_SIZE - 4, dataEnd - HEADERS_SIZE, true)
  bytes[end - 1] = bytes.subarray(HEADERS_SIZE, dataEnd).reduce((checksum, byte) => checksum ^ byte, 0xef)
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end)
  return bytes
}

function partitionTable (): Uint8Array {
  const table = new Uint8Array(3_072).fill(0xff)
  const entry = new DataView(table.buffer)
  table.set([0xaa, 0x50, 0x00, 0x00])
  entry.setUint32(4, FIRMWARE_START, true)
  entry.setUint32(8, 0x18_0000, true)
  return table
}

export function releaseFiles (
  layout: ChipLayout, chipId = layout.imageChipId, sizeBits = 2,
): Record<string, Uint8Array> {
  return {
    [layout.files.bootloader]: image(chipId, 4_000, sizeBits),
    [layout.files.partitionTable]: partitionTable(),
    [layout.files.firmware]: image(chipId, 40_000, sizeBits),
    'README.md': new TextEncoder().encode('a release for tests'),
  }
}

function tar (files: Record<string, Uint8Array>): Uint8Array {
  const blocks = Object.entries(files).map(([name, data]) => {
    const block = new Uint8Array(512 + Math.ceil(data.length / 512) * 512)
    block.set(new TextEncoder().encode(`release/${name}`))
    block.set(new TextEncoder().encode(data.length.toString(8).padStart(11, '0')), 124)
    block[156] = 0x30
    block.set(data, 512)
    return block
  })
  return Uint8Array.from([...blocks, new Uint8Array(1_024)].flatMap(block => [...block]))
}

export const releaseTgz = (files: Record<string, Uint8Array>): Uint8Array => gzipSync(tar(files))

export const releaseZip = (files: Record<string, Uint8Array>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [`release/${name}`, data])))
