// A release of Espruino made up for tests: the right names, magic bytes and partition table, and nothing that runs.

import { gzipSync, zipSync } from 'fflate'
import type { ChipLayout } from '../../src/flash/layout'
import { FIRMWARE_START } from '../../src/flash/layout'

/** An image whose extended header names a chip; the rest is noise that hardly compresses. */
function image (chipId: number, size: number): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, index) =>
    Math.imul(index, Math.imul(index, 2_654_435_761)) >>> 24)
  bytes[0] = 0xe9
  // Of 4 MB.
  bytes[3] = 0x2f
  bytes[12] = chipId
  bytes[13] = 0
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

export function releaseFiles (layout: ChipLayout, chipId = layout.imageChipId): Record<string, Uint8Array> {
  return {
    [layout.files.bootloader]: image(chipId, 4_000),
    [layout.files.partitionTable]: partitionTable(),
    [layout.files.firmware]: image(chipId, 40_000),
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
