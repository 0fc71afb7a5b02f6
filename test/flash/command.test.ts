// `npm run flash` as a process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { portPath } from '../../scripts/flash/node_port.mjs'
import { FlashError, tryLine } from '../../src/flash'
import { chipLayout, FLASH_SIZE, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { storageFiles } from '../../src/flash/storage_build'
import type { Ended } from './command_run'
import { runScript } from './command_run'
import { releaseTgz } from './release'

const folder = mkdtempSync(join(tmpdir(), 'midge-flash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const RELEASE = join(folder, 'espruino_esp32.tgz')
writeFileSync(RELEASE, releaseTgz(chipLayout('ESP32')!))

const HUB = join(folder, 'wrong.js')
writeFileSync(HUB, 'print("hub")\nt = 1\n')

const ABSENT = join(folder, 'absent')
const DRY = ['--dry-run', '--firmware', RELEASE, '--ssid', 'home', '--open']

const run = (...options: string[]): Promise<Ended> => runScript('flash', options)

describe('npm run flash', () => {
  it('makes an image of a whole flash and says no secret', async () => {
    const out = join(folder, 'image.bin')
    const { code, output } = await run('--dry-run', '--out', out, '--firmware', RELEASE,
      '--ssid', 'home', '--password', 'hush-hush')
    expect([code, output]).toEqual([0, expect.stringContaining('0x320000  917504  storage')])
    expect(output).not.toContain('hush-hush')
    const image = new Uint8Array(readFileSync(out))
    expect(image.length).toBe(FLASH_SIZE)
    const files = storageFiles(image.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE))
    expect(files.map(({ name }) => name)).toEqual(['midge.db', 'midge.json', '.bootcde'])
    expect(JSON.parse(Buffer.from(files[1].data).toString())).toEqual({
      wifi_ssid: 'home', wifi_password: 'hush-hush',
    })
  })

  it.each([
    [2, [...DRY, '--config', ABSENT], /absent cannot be read: there is none\n$/],
    [2, [...DRY, '--hub', folder], /cannot be read: it is a folder\n$/],
    [2, [...DRY, '--hub', HUB], /wrong\.js:2: t is not declared, and as a global it is one of the broker's own names/],
    [2, [...DRY, '--out', join(ABSENT, 'image.bin')], /image\.bin cannot be written: there is no folder .*absent\n$/],
    [2, [...DRY, '--out', '/dev/null'], /null cannot be written: it is there, and no file\n$/],
    [2, ['--port', ABSENT, '--update', '--backup', join(ABSENT, 'b')], /^[^\n]* there is no folder [^\n]*absent\n$/],
    [2, ['--update', '--ssid', 'home'], /'--update' cannot be used with option '--ssid <name>'/],
    [2, ['--update', '--erase'], /cannot be used with option '--erase'/],
    [2, ['--dry-run', '--port', ABSENT], /'--dry-run' cannot be used with option '--port <path>'/],
    [2, ['--out', 'image.bin'], /--out needs --dry-run/],
    [2, ['--baud', 'fast'], /'fast' is invalid.*from 9600/],
    [2, ['--wait', '1.5'], /'1.5' is invalid/],
    [2, ['--nonsense'], /unknown option '--nonsense'/],
    [2, ['--dry-run', '--ssid', 'home'], /^which password has home\? .*MIDGE_WIFI_PASSWORD, or say --open where/],
    [2, ['--dry-run', '--open'], /^which Wi-Fi\?/],
    [2, ['--open', '--password', 'x'], /'--open' cannot be used with option '--password <secret>'/],
    [2, ['--port', ABSENT, '--ssid', 'home', '--password', 'hush-6'], /^the password of a Wi-Fi must be a text of 8/],
    [2, [...DRY, '--chip', 'esp8266'], /^esp8266 is no chip that .*; those are ESP32, ESP32-C3, ESP32-S3\n$/],
    [2, ['--dry-run', '--ssid', 'home', '--open'], /which Espruino\? Get the release for ESP32 from https/],
    ...['ESP32-C3', 'esp32c3', 'esp32-c3', 'ESP32C3'].map((chip): [number, string[], RegExp] =>
      [6, [...DRY, '--chip', chip], /firmware is for ESP32,/]),
    [8, ['--dry-run', '--ssid', 'home', '--open', '--firmware', 'package.json'], /neither a .tgz nor a .zip/],
  ])('ends with %i and says what to do: %j', async (expected, options, sentence) => {
    const { code, output } = await run(...options)
    expect([code, output]).toEqual([expected, expect.stringMatching(sentence)])
  })
})

describe('npm run flasher', () => {
  it.each(['abc', '70000'])('takes no port %s', async (port) => {
    const { code, output } = await runScript('flasher', ['--port', port])
    expect([code, output]).toEqual([2, expect.stringMatching(/is invalid. A TCP port from 0 to 65535 is needed/)])
  })
})

describe('several boards', () => {
  const ports = async (): Promise<string[]> => ['/dev/ttyUSB0', '/dev/ttyUSB1']

  it('are what a user at a terminal chooses from', async () => {
    expect(await portPath({ FlashError }, undefined, ports, async paths => paths[1])).toBe('/dev/ttyUSB1')
    expect(await portPath({ FlashError }, '/dev/ttyS0', ports, async paths => paths[1])).toBe('/dev/ttyS0')
  })

  it('are named where nobody can choose', async () => {
    await expect(portPath({ FlashError }, undefined, ports)).rejects.toMatchObject({
      problem: 'no port', message: 'which board? Name one with --port: /dev/ttyUSB0, /dev/ttyUSB1',
    })
  })
})

describe('the line to try', () => {
  it.each([
    [{}, '-h attic -t \'#\' -v'],
    [{ port: 1_883 }, '-h attic -t \'#\' -v'],
    [{ port: 1_884, users: { bob: 'x', 'o\'ann': 'y' } }, '-h attic -p 1884 -t \'#\' -v -u \'o\'\\\'\'ann\' -P …'],
  ])('follows a configuration %j', (configuration, line) => {
    expect(tryLine('attic', configuration)).toBe(`mosquitto_sub ${line}`)
  })
})
