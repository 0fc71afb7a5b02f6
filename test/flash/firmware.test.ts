import { describe, expect, it } from 'vitest'
import { archiveFiles, firmwareRead } from '../../src/flash/firmware'
import { CHIP_LAYOUTS, chipLayout } from '../../src/flash/layout'
import { releaseFiles, releaseTgz, releaseZip } from './release'

const ESP32 = chipLayout('ESP32')!
const C3 = chipLayout('ESP32-C3')!

describe.each(CHIP_LAYOUTS)('a release for $chip', layout => {
  it.each([['.tgz', releaseTgz], ['.zip', releaseZip]])('is read from a %s', (_, pack) => {
    const files = releaseFiles(layout)
    const firmware = firmwareRead(archiveFiles(pack(files)), layout)
    expect(firmware.bootloader).toEqual(files[layout.files.bootloader])
    expect(firmware.partitionTable).toEqual(files[layout.files.partitionTable])
    expect(firmware.firmware).toEqual(files[layout.files.firmware])
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
    return new Map(Object.entries({ ...files, [name]: change(files[name]) }))
  }

  /** With the lowest bit of a byte changed; byte 23 says whether there is a hash. */
  const flipped = (data: Uint8Array, at: number): Uint8Array =>
    data.map((byte, index) => index === at ? byte ^ 1 : byte)

  it.each<[string, () => unknown, RegExp]>([
    ['no archive', () => archiveFiles(new TextEncoder().encode('<html>')), /neither a .tgz nor a .zip/],
    ['a torn archive', () => archiveFiles(releaseTgz(releaseFiles(ESP32)).subarray(0, -99)), /damaged/],
    ['a missing part', () => firmwareRead(new Map(Object.entries(without('bootloader.bin'))), ESP32), /is missing/],
    ...[24, 100, 3_967, 3_999].map((size): [string, () => unknown, RegExp] => [`cut off after ${size} bytes`,
      () => firmwareRead(changed('bootloader.bin', data => data.slice(0, size)), ESP32), /damaged or cut off/]),
    ['of another byte', () => firmwareRead(changed('espruino_esp32.bin', data => flipped(data, 200)), ESP32),
      /espruino_esp32.bin is damaged/],
    ['of another byte, without a hash', () => firmwareRead(changed('espruino_esp32.bin',
      data => flipped(flipped(data, 23), 200)), ESP32), /espruino_esp32.bin is damaged/],
    ['another chip', () => firmwareRead(new Map(Object.entries(releaseFiles(C3))), ESP32), /for ESP32-C3.*has ESP32/],
    ['another chip under the right name',
      () => firmwareRead(new Map(Object.entries(releaseFiles(ESP32, 9))), ESP32), /is for ESP32-S3/],
    ['a table that starts nothing', () => firmwareRead(
      new Map(Object.entries({ ...releaseFiles(ESP32), 'partitions_espruino.bin': new Uint8Array(64) })), ESP32),
    /no partition table/],
    ['too large a firmware', () => firmwareRead(new Map(Object.entries({
      ...releaseFiles(ESP32), 'espruino_esp32.bin': new Uint8Array(1_600_000).fill(0xe9, 0, 1),
    })), ESP32), /too large/],
  ])('says that it is %s', (_, read, sentence) => {
    expect(read).toThrow(sentence)
  })
})
