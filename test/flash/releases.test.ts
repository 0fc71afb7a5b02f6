// `npm run flash` with what Espruino ships: files, folders, and addresses, which are this computer's own here.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { firmwareRead, ownerFiles, partList, storageBuild, wholeImage } from '../../src/flash'
import { CHIP_LAYOUTS, chipLayout } from '../../src/flash/layout'
import type { ChipName } from '../../src/flash/layout'
import type { Ended } from './command_run'
import { runScript } from './command_run'
import { ARCHIVES, releaseFiles, releaseZip } from './release'
import type { ReleaseOptions } from './release'
import { MANIFEST, ReleaseServer } from './release_server'

const folder = mkdtempSync(join(tmpdir(), 'midge-releases-'))
let server: ReleaseServer

beforeAll(async () => { server = await ReleaseServer.start() })
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const dryRun = (place: string, chip: ChipName, ...options: string[]): Promise<Ended> =>
  runScript('flash', ['--dry-run', '--chip', chip, '--ssid', 'home', '--open', '--firmware', place, ...options])

/** That a place makes the image that its chip needs. */
async function isTaken (place: string, chip: ChipName, options: ReleaseOptions = {}): Promise<void> {
  const layout = chipLayout(chip)!
  const out = join(folder, 'image.bin')
  const { code, output } = await dryRun(place, chip, '--out', out)
  expect([code, output]).toEqual([0, expect.stringContaining('write it at address 0')])
  const firmware = firmwareRead(new Map(Object.entries(releaseFiles(layout, options))), layout)
  const broker = new Uint8Array(readFileSync(await distFresh(layout.board)))
  const files = ownerFiles({ wifiName: 'home', wifiPassword: '' })
  const expected = wholeImage(partList(layout, firmware, storageBuild(files, broker)))
  expect(Buffer.compare(readFileSync(out), expected)).toBe(0)
}

describe('npm run flash takes', () => {
  it.each(ARCHIVES)('$name for $chip', async ({ name, chip, options, make }) => {
    const file = join(folder, name)
    writeFileSync(file, make())
    await isTaken(file, chip, options)
  })

  it.each(CHIP_LAYOUTS)('the manifest of a release by its address, for $chip', async ({ chip }) => {
    server.add(MANIFEST)
    await isTaken(server.at('/latest.json'), chip)
  })

  it('an archive by its address', async () => {
    server.files.set('/espruino_2v28.zip', releaseZip())
    await isTaken(server.at('/espruino_2v28.zip'), 'ESP32-C3')
  })

  it('a chip\'s folder by its address, as Espruino\'s site has it', async () => {
    server.add(MANIFEST)
    await isTaken(server.at('/binaries/espruino_2v28_esp32s3/'), 'ESP32-S3')
    const { code, output } = await dryRun(server.at('/binaries/espruino_2v28_esp32s3/'), 'ESP32-C3')
    expect([code, output]).toEqual([8, expect.stringMatching(/has no espruino-esp32c3\.bin: is it the folder of/)])
  })

  it('the archive of all boards, unpacked', async () => {
    const place = join(folder, 'unpacked')
    for (const [path, data] of Object.entries(unzipSync(releaseZip()))) {
      mkdirSync(dirname(join(place, path)), { recursive: true })
      writeFileSync(join(place, path), data)
    }
    await isTaken(place, 'ESP32-S3')
    // Or one chip's folder of it.
    await isTaken(join(place, 'espruino_2v28_esp32'), 'ESP32')
  })
})

describe('npm run flash refuses', () => {
  it.each<[number, string, ReleaseOptions, (list: string) => string, RegExp]>([
    [8, 'an old release', { version: '2v25' }, list => list, /Espruino 2v25, and 2v26 or newer is needed: before it/],
    [8, 'what is no list', {}, () => '{"builds": 7}', /the manifest cannot be read/],
    [8, 'a list without a table', {}, list => list.replaceAll('32768', '4'), /has nothing for ESP32-C3 at 0x8000/],
    [8, 'a list of files that are not there', {}, list => list.replaceAll('.bin', '.img'),
      /bootloader\.img answered 404: get one/],
    [6, 'a list without the chip', {}, list => list.replaceAll('-C3', '-P4'), /for ESP32, ESP32-P4, .* for ESP32-C3/],
  ])('with %i %s', async (expected, _, options, change, sentence) => {
    server.add('/binaries/changed.json', options, change)
    const { code, output } = await dryRun(server.at('/binaries/changed.json'), 'ESP32-C3')
    expect([code, output]).toEqual([expected, expect.stringMatching(sentence)])
  })
})
