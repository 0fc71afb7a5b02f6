// Releases of Espruino made up for tests, in every form in which it ships them: the right names and partition tables,
// images with checksums and hashes, and nothing that runs.

import { createHash } from 'node:crypto'
import { gzipSync, zipSync } from 'fflate'
import type { ChipLayout, ChipName, FileNames } from '../../src/flash/layout'
import { CHIP_LAYOUTS, chipLayout } from '../../src/flash/layout'

const HASH_SIZE = 32
/** Bytes of an image's header and of its one segment's. */
const HEADERS_SIZE = 32

type Files = Record<string, Uint8Array>

export interface ReleaseOptions {
  version?: string
  /** The chip in the images' headers. */
  chipId?: number
  /** The flash that the images ask for, 2 for 4 MB. */
  sizeBits?: number
  /** Whether it was built with ESP-IDF 5, which for the ESP32 means other names and another table. */
  isIdf5?: boolean
}

const ASCII = new TextEncoder()

/** An image of `size` bytes, a multiple of 16, that begins with a text; the rest is noise that hardly compresses. */
function image (size: number, text: string, { chipId = 0, sizeBits = 2 }: ReleaseOptions): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, index) =>
    Math.imul(index, Math.imul(index, 2_654_435_761)) >>> 24)
  const end = size - HASH_SIZE
  const dataEnd = end - 4
  bytes.fill(0, 0, HEADERS_SIZE)
  bytes.set([0xe9, 1, 2, sizeBits << 4 | 0x0f])
  bytes[12] = chipId
  bytes[23] = 1
  new DataView(bytes.buffer).setUint32(HEADERS_SIZE - 4, dataEnd - HEADERS_SIZE, true)
  bytes.set(ASCII.encode(text), HEADERS_SIZE)
  bytes[end - 1] = bytes.subarray(HEADERS_SIZE, dataEnd).reduce((checksum, byte) => checksum ^ byte, 0xef)
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end)
  return bytes
}

/** Type, subtype, offset, size, name. */
type Row = [number, number, number, number, string]

/** The tables of Espruino's builds: with ESP-IDF 3, of which the ESP32's releases are, and with later ones. */
const TABLE: Row[] = [
  [1, 2, 0x9000, 0x3000, 'nvs'], [1, 0, 0xc000, 0x2000, 'otadata'], [1, 0x40, 0xe000, 0x2000, 'free'],
  [0, 0, 0x10000, 0x18_0000, 'factory'], [0, 0x10, 0x19_0000, 0x18_0000, 'ota_0'],
  [1, 0x40, 0x31_0000, 0x1_0000, 'flash'], [1, 0x41, 0x32_0000, 0xe_0000, 'storage'],
]
const LATER_TABLE: Row[] = [
  [1, 2, 0x9000, 0x6000, 'nvs'], [1, 1, 0xf000, 0x1000, 'phy_init'], [0, 0, 0x10000, 2_000 * 1_024, 'factory'],
  [1, 0x40, 0x31_0000, 0x1_0000, 'flash'], [1, 6, 0x32_0000, 0xe_0000, 'storage'],
]

/** Before 2v26 the program had a partition of its own, and Storage came behind it. */
const withOldStorage = (rows: Row[]): Row[] => [
  ...rows.slice(0, -1), [1, 0x41, 0x32_0000, 0x4_0000, 'js_code'], [1, 0x41, 0x36_0000, 0xa_0000, 'storage'],
]

function partitionTable (rows: Row[]): Uint8Array {
  const table = new Uint8Array(3_072).fill(0xff)
  const view = new DataView(table.buffer)
  rows.forEach(([type, subtype, start, size, name], index) => {
    const at = index * 32
    table.fill(0, at, at + 32)
    table.set([0xaa, 0x50, type, subtype], at)
    view.setUint32(at + 4, start, true)
    view.setUint32(at + 8, size, true)
    table.set(ASCII.encode(name), at + 12)
  })
  const end = rows.length * 32
  table.set([0xeb, 0xeb], end)
  table.set(createHash('md5').update(table.subarray(0, end)).digest(), end + 16)
  return table
}

export const namesOf = (layout: ChipLayout, { isIdf5 = false }: ReleaseOptions = {}): FileNames =>
  layout.files[isIdf5 ? layout.files.length - 1 : 0]

export function releaseFiles (layout: ChipLayout, options: ReleaseOptions = {}): Files {
  const { version = '2v28' } = options
  const names = namesOf(layout, options)
  const rows = names.partitionTable === 'partition-table.bin' ? LATER_TABLE : TABLE
  const given = { chipId: layout.imageChipId, ...options }
  const banner = `\n ${version} (c) 2025 G.Williams\n`
  return {
    [names.bootloader]: image(4_000, 'boot', given),
    [names.partitionTable]: partitionTable(version === '2v25' ? withOldStorage(rows) : rows),
    [names.firmware]: image(40_000, banner, given),
    'README_flash.txt': ASCII.encode('a release for tests'),
  }
}

/** As a release's archive names its folder. */
const folderOf = (layout: ChipLayout, { version = '2v28' }: ReleaseOptions): string =>
  `espruino_${version}_${layout.board}/`

const inFolder = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, data]) => [folder + name, data]))

function tar (folder: string, files: Files): Uint8Array {
  const entries: [string, number, Uint8Array][] = [[folder, 0x35, new Uint8Array()],
    ...Object.entries(files).map(([name, data]): [string, number, Uint8Array] => [folder + name, 0x30, data])]
  const blocks = entries.map(([path, type, data]) => {
    const block = new Uint8Array(512 + Math.ceil(data.length / 512) * 512)
    block.set(ASCII.encode(path))
    block.set(ASCII.encode(data.length.toString(8).padStart(11, '0')), 124)
    block[156] = type
    block.set(data, 512)
    return block
  })
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1_024)]))
}

/** One chip's archive; `files` in the place of its own. */
export const releaseTgz = (layout: ChipLayout, options: ReleaseOptions = {}, files = releaseFiles(layout, options)):
Uint8Array => gzipSync(tar(folderOf(layout, options), files))

/** The archive of all boards; of some chips, if any are named. */
export function releaseZip (options: ReleaseOptions = {}, layouts = CHIP_LAYOUTS): Uint8Array {
  const { version = '2v28' } = options
  const others = { 'readme.txt': 'Espruino', 'functions.html': '<html>', [`espruino_${version}_puckjs.zip`]: 'PK' }
  const files: Files = Object.fromEntries(Object.entries(others).map(([name, text]) => [name, ASCII.encode(text)]))
  // Another chip's, whose files must not be taken for ours.
  files[`espruino_${version}_esp8266_4mb/bootloader.bin`] = ASCII.encode('for an ESP8266')
  for (const layout of layouts) {
    const release = releaseFiles(layout, options)
    files[`espruino_${version}_${layout.board}.bin`] = release[namesOf(layout, options).firmware]
    Object.assign(files, inFolder(folderOf(layout, options), release))
  }
  return zipSync(files, { level: 1 })
}

/** The list of a release, and the files that it names, by their paths. */
export function releaseManifest (options: ReleaseOptions = {}): { manifest: Uint8Array, files: Files } {
  const files: Files = {}
  const builds = CHIP_LAYOUTS.map(layout => {
    const names = namesOf(layout, options)
    const folder = folderOf(layout, options)
    Object.assign(files, inFolder(folder, releaseFiles(layout, options)))
    const parts = [
      { path: folder + names.bootloader, offset: layout.bootloaderStart },
      { path: folder + names.partitionTable, offset: 0x8000 },
      { path: folder + names.firmware, offset: 0x10000 },
    ]
    return { chipFamily: layout.chip, parts }
  })
  const list = { name: 'Espruino', version: options.version ?? '2v28', new_install_prompt_erase: true, builds }
  return { manifest: ASCII.encode(JSON.stringify(list)), files }
}

/** What Espruino ships as one file: a chip that it is for, and how it is made. */
export const ARCHIVES: { name: string, chip: ChipName, options: ReleaseOptions, make: () => Uint8Array }[] = [
  ...CHIP_LAYOUTS.map(layout => ({
    name: `espruino_2v28_${layout.board}.tgz`, chip: layout.chip, options: {}, make: () => releaseTgz(layout),
  })),
  {
    name: 'espruino_2v30_esp32.tgz', chip: 'ESP32', options: { version: '2v30', isIdf5: true },
    make: () => releaseTgz(chipLayout('ESP32')!, { version: '2v30', isIdf5: true }),
  },
  { name: 'espruino_2v28.zip', chip: 'ESP32-C3', options: {}, make: () => releaseZip() },
]
