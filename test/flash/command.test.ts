// `npm run flash` as a process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { chipLayout, FLASH_SIZE, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { storageFiles } from '../../src/flash/storage_build'
import type { Ended } from './command_run'
import { runScript } from './command_run'
import { releaseFiles, releaseTgz } from './release'

const folder = mkdtempSync(join(tmpdir(), 'midge-flash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const RELEASE = join(folder, 'espruino_esp32.tgz')
writeFileSync(RELEASE, releaseTgz(releaseFiles(chipLayout('ESP32')!)))

const run = (...options: string[]): Promise<Ended> => runScript('flash', options)

describe('npm run flash', { timeout: 180_000 }, () => {
  it('makes an image of a whole flash and says no secret', async () => {
    const out = join(folder, 'image.bin')
    const { code, output } = await run('--dry-run', '--out', out, '--firmware', RELEASE,
      '--ssid', 'home', '--password', 'hush-hush')
    expect([code, output]).toEqual([0, expect.stringContaining('0x320000  917504  storage')])
    expect(output).not.toContain('hush-hush')
    const image = new Uint8Array(readFileSync(out))
    expect(image.length).toBe(FLASH_SIZE)
    const files = storageFiles(image.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE))
    expect(files.map(({ name }) => name)).toEqual(['midge.json', '.bootcde'])
    expect(JSON.parse(Buffer.from(files[0].data).toString())).toEqual({
      wifi_ssid: 'home', wifi_password: 'hush-hush',
    })
  })

  it.each([
    [2, ['--dry-run', '--ssid', 'home'], /which Espruino\? Get the release for ESP32 from https/],
    [6, ['--dry-run', '--chip', 'ESP32-C3', '--ssid', 'home', '--firmware', RELEASE], /firmware is for ESP32,/],
    [8, ['--dry-run', '--ssid', 'home', '--firmware', 'package.json'], /neither a .tgz nor a .zip/],
  ])('ends with %i and says what to do: %j', async (expected, options, sentence) => {
    const { code, output } = await run(...options)
    expect([code, output]).toEqual([expected, expect.stringMatching(sentence)])
  })
})
