import { describe, expect, it } from 'vitest'
import { archiveFiles } from '../../src/flash/archive'
import { firmwareRead, isReleaseFile } from '../../src/flash/firmware'
import { CHIP_LAYOUTS, chipLayout } from '../../src/flash/layout'
import type { Part } from '../../src/flash/layout'
import { partList } from '../../src/flash/part_list'
import { versionOf } from '../../src/flash/release_version'
import { ARCHIVES, namesOf, releaseFiles, releaseTgz, releaseZip } from './release'

const ESP32 = chipLayout('ESP32')!
const C3 = chipLayout('ESP32-C3')!

const filesOf = (files: Record<string, Uint8Array>): Map<string, Uint8Array> => new Map(Object.entries(files))

describe.each(ARCHIVES)('$name', ({ chip, options, make }) => {
  it(`has what a board with ${chip} needs`, () => {
    const layout = chipLayout(chip)!
    const files = releaseFiles(layout, options)
    const names = namesOf(layout, options)
    const firmware = firmwareRead(archiveFiles(make(), isReleaseFile), layout)
    expect(firmware.bootloader).toEqual(files[names.bootloader])
    expect(firmware.partitionTable).toEqual(files[names.partitionTable])
    expect(firmware.firmware).toEqual(files[names.firmware])
    expect(firmware.version).toBe(options.version ?? '2v28')
  })
})

describe('the archive of all boards', () => {
  it.each(CHIP_LAYOUTS)('has each chip\'s own files: $chip', layout => {
    const { bootloader } = firmwareRead(archiveFiles(releaseZip(), isReleaseFile), layout)
    expect(bootloader).toEqual(releaseFiles(layout)['bootloader.bin'])
  })

  it('of 2v25 has no ESP32-C3, and is too old', () => {
    const zip = archiveFiles(releaseZip({ version: '2v25' }, [ESP32]))
    expect(() => firmwareRead(zip, C3)).toThrow(/^this is Espruino 2v25, and 2v26 or newer is needed: before it/)
  })
})

describe('what a release\'s partition table says', () => {
  const start = (list: Part[], wanted: string): string[] =>
    list.filter(({ name }) => name === wanted).map(({ address, data }) => `0x${address.toString(16)} ${data.length}`)

  it.each([
    [{}, ['0x9000 12288'], ['0xc000 8192']],
    [{ isIdf5: true }, ['0x9000 24576'], []],
  ])('is what is written beside it: %j', (options, nvs, otadata) => {
    const release = firmwareRead(filesOf(releaseFiles(ESP32, options)), ESP32)
    const list = partList(ESP32, release, new Uint8Array(4))
    expect([start(list, 'nvs'), start(list, 'otadata')]).toEqual([nvs, otadata])
  })
})

describe('a release that is refused', () => {
  const without = (name: string): Record<string, Uint8Array> => {
    const files = releaseFiles(ESP32)
    delete files[name]
    return files
  }

  const changed = (name: string, change: (data: Uint8Array) => Uint8Array): Map<string, Uint8Array> => {
    const files = releaseFiles(ESP32)
    return filesOf({ ...files, [name]: change(files[name]) })
  }

  /** With the lowest bit of a byte changed; byte 23 says whether there is a hash. */
  const flipped = (data: Uint8Array, at: number): Uint8Array =>
    data.map((byte, index) => index === at ? byte ^ 1 : byte)

  it.each<[string, () => unknown, RegExp]>([
    ['no archive', () => archiveFiles(new TextEncoder().encode('<html>')), /neither a .tgz nor a .zip/],
    ['a torn archive', () => archiveFiles(releaseTgz(ESP32).subarray(0, -99)), /damaged/],
    ['a missing part', () => firmwareRead(filesOf(without('bootloader.bin')), ESP32), /is missing/],
    ...[24, 100, 3_967, 3_999].map((size): [string, () => unknown, RegExp] => [`cut off after ${size} bytes`,
      () => firmwareRead(changed('bootloader.bin', data => data.slice(0, size)), ESP32), /damaged or cut off/]),
    ['of another byte', () => firmwareRead(changed('espruino_esp32.bin', data => flipped(data, 200)), ESP32),
      /espruino_esp32.bin is damaged/],
    ['of another byte, without a hash', () => firmwareRead(changed('espruino_esp32.bin',
      data => flipped(flipped(data, 23), 200)), ESP32), /espruino_esp32.bin is damaged/],
    ['another chip', () => firmwareRead(filesOf(releaseFiles(C3)), ESP32), /for ESP32-C3.*has ESP32/],
    ['another chip under the right name',
      () => firmwareRead(filesOf(releaseFiles(ESP32, { chipId: 9 })), ESP32), /is for ESP32-S3/],
    ['a table that starts nothing', () => firmwareRead(
      filesOf({ ...releaseFiles(ESP32), 'partitions_espruino.bin': new Uint8Array(64) }), ESP32),
    /no partition table/],
    ['too old', () => firmwareRead(filesOf(releaseFiles(ESP32, { version: '2v25' })), ESP32),
      /this is Espruino 2v25, and 2v26/],
    ['too old by its table alone', () => firmwareRead(filesOf({
      ...releaseFiles(ESP32),
      'partitions_espruino.bin': releaseFiles(ESP32, { version: '2v25' })['partitions_espruino.bin'],
    }), ESP32), /2v26 or newer is needed/],
    ['one of several', () => firmwareRead(filesOf(Object.fromEntries(['2v26/', '2v28/'].flatMap(folder =>
      Object.entries(releaseFiles(ESP32)).map(([name, data]) => [folder + name, data])))), ESP32),
    /several releases for ESP32: name one of 2v26\/ and 2v28\//],
    ['too large a firmware', () => firmwareRead(filesOf({
      ...releaseFiles(ESP32), 'espruino_esp32.bin': new Uint8Array(1_600_000).fill(0xe9, 0, 1),
    }), ESP32), /too large/],
  ])('says that it is %s', (_, read, sentence) => {
    expect(read).toThrow(sentence)
  })
})

describe('a firmware\'s version', () => {
  it.each([['2v28'], ['2v29.137'], ['10v01']])('is found where it stands: %s', version => {
    const text = new TextEncoder().encode(` ${version} (c) 2026 G.Williams\n`)
    // Across the pieces in which it is looked for.
    for (const at of [0, 0x7ff0, 0x8000, 99_000]) {
      const firmware = new Uint8Array(100_000)
      firmware.set(text, at)
      expect(versionOf(firmware)).toBe(version)
    }
    expect(versionOf(new Uint8Array(100_000))).toBe('')
  })
})
