// `npm run flash` from end to end: the command as a process, serialport, a pseudo-terminal, a stand-in chip.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openProblem } from '../../scripts/flash/node_port.mjs'
import { distFresh } from '../../scripts/lib/dist.mjs'
import {
  FORGETFUL, FlashError, configurationOf, firmwareRead, ownerFiles, partList, storageBuild, wholeImage,
} from '../../src/flash'
import { chipLayout, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { storageFiles } from '../../src/flash/storage_build'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import type { ChipFaults } from '../../src/simulator/chip/stand_in_chip'
import type { Answers, Ended } from './command_run'
import { runScript } from './command_run'
import { flashAtPort } from './flash_at_port'
import { HAS_PSEUDO_TERMINAL, PseudoPort } from './pseudo_port'
import { releaseFiles, releaseTgz } from './release'

const ESP32 = chipLayout('ESP32')!
const SPEECH = 'rst:0x1 (POWERON_RESET)\r\nWi-Fi connected, address 192.168.1.23\r\n'
const folder = mkdtempSync(join(tmpdir(), 'midge-terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, data: Uint8Array | string): string => {
  writeFileSync(join(folder, name), data)
  return join(folder, name)
}
const RELEASE = file('esp32.tgz', releaseTgz(ESP32))
const RELEASE_C3 = file('c3.tgz', releaseTgz(chipLayout('ESP32-C3')!))
const NEW_BOARD = ['--firmware', RELEASE, '--ssid', 'home', '--password', 'hush-hush', '--user', 'ann:shh']

describe.skipIf(!HAS_PSEUDO_TERMINAL)('npm run flash at a serial port (python3)', () => {
  /** What its user answers; null: nobody sits there. */
  let answers: Answers | null = null
  afterEach(() => { answers = null })

  /** Flashes a chip whose program says what one with a broker does. */
  function flash (chip: StandInChip, faults: ChipFaults, ...options: string[]): Promise<Ended> {
    chip.started = () => chip.send(new TextEncoder().encode(SPEECH))
    return flashAtPort(chip, faults, options, answers)
  }

  it('writes everything, follows the board to its address, and says how to try it', async () => {
    const chip = new StandInChip('ESP32')
    const { code, output } = await flash(chip, {}, ...NEW_BOARD, '--name', 'attic')
    expect(output).toContain('done. Try it: mosquitto_sub -h 192.168.1.23 -t \'#\' -v -u \'ann\' -P …')
    expect(output).toMatch(/bootloader: 4000 bytes at 0x1000\n[^]*storage: 917504 bytes at 0x320000\n/)
    expect(output).not.toMatch(/hush-hush|shh/)
    expect(code).toBe(0)
    const files = ownerFiles({
      wifiName: 'home', wifiPassword: 'hush-hush', hostName: 'attic', userName: 'ann', userPassword: 'shh',
    })
    const firmware = firmwareRead(new Map(Object.entries(releaseFiles(ESP32))), ESP32)
    const broker = new Uint8Array(readFileSync(await distFresh('esp32')))
    const parts = partList(ESP32, firmware, storageBuild(files, broker))
    expect(Buffer.compare(chip.flash.bytes, wholeImage(parts))).toBe(0)

    const backup = join(folder, 'backup.bin')
    const updated = await flash(chip, {}, '--update', '--backup', backup)
    expect(updated.output).toMatch(/keeps midge\.json\n/)
    expect(updated.code).toBe(0)
    expect(Buffer.compare(readFileSync(backup), wholeImage(parts))).toBe(0)
    expect(Buffer.compare(chip.flash.bytes, wholeImage(parts))).toBe(0)
  })

  it('updates a board that has no file for what its broker keeps, and says that it keeps nothing', async () => {
    const chip = new StandInChip('ESP32')
    const files = ownerFiles({ wifiName: 'home', wifiPassword: 'hush-hush' })
    chip.flash.bytes.set(storageBuild(files, new TextEncoder().encode('print("old")')), STORAGE_START)
    const { code, output } = await flash(chip, {}, '--update')
    expect([code, output.replace(/\r/g, '')]).toEqual([0, expect.stringContaining(`keeps midge.json\n${FORGETFUL}\n`)])
  })

  it('asks for what is missing once it has found the board, and takes no empty answer', async () => {
    const chip = new StandInChip('ESP32')
    const again = 'An answer is needed'
    answers = [
      ['Release of Espruino for ESP32 ', '\r'], [again, `${RELEASE}\r`],
      ['Wi-Fi network', '\r'], [again, 'home\r'],
      ['Password of home', 'hush-6\r'], ['a text of 8 to 63 characters', '\x7f\x7f\x7f\x7f\x7f\x7f\r'],
      ['Is home an open network', '\r'], ['Password of home', 'hush-hush\r'],
      ['User of the broker', '\r'], [again, 'ann\r'],
      ['Password of ann', '\r'], [again, 'whisper\r'],
    ]
    const { code, output } = await flash(chip, {})
    expect(code).toBe(0)
    expect(output).toMatch(/: ESP32\r?\n[^]*Release of Espruino[^]*done\. Try it: .* -u 'ann' -P/)
    expect(output).not.toMatch(/hush-hush|whisper/)
    const files = storageFiles(chip.flash.bytes.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE))
    expect(configurationOf(files))
      .toEqual({ wifi_ssid: 'home', wifi_password: 'hush-hush', users: { ann: 'whisper' } })
  })

  it.each([
    [6, 'firmware for another chip', {}, ['--ssid', 'home', '--open', '--firmware', RELEASE_C3], /is for ESP32-C3, /],
    [7, 'a chip of 2 MB', { isSmall: true }, NEW_BOARD, /this board has 2MB of flash; 4MB are needed/],
    [9, 'a cable pulled out', { pullAt: 70 }, NEW_BOARD, /do the\s+same again/],
    [10, 'what does not arrive', { badMd5: true }, NEW_BOARD, /did not arrive as it was sent/],
    [12, 'a board without a broker', {}, ['--update'], /no midge\.json on this board: set it up instead/],
  ])('ends with %i for %s', async (expected, _, faults, options, sentence) => {
    const { code, output } = await flash(new StandInChip('ESP32'), faults, ...options)
    expect(output).toMatch(sentence)
    expect(code).toBe(expected)
  })

  it('ends with 5 where nobody answers', async () => {
    const port = await PseudoPort.open(() => undefined)
    const { code, output } = await runScript('flash', ['--port', port.path, ...NEW_BOARD])
    expect([code, output]).toEqual([5, expect.stringMatching(/hold its BOOT button while this starts/)])
    await port.close()
  })
})

describe('a port that cannot be opened', () => {
  it('ends the command with 3 and a question', async () => {
    const { code, output } = await runScript('flash', ['--port', join(folder, 'absent'), ...NEW_BOARD])
    expect([code, output]).toEqual([3, expect.stringMatching(/absent cannot be opened: is the board plugged in\?/)])
  })

  it.each([
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'no permission', /usermod -aG dialout/],
    ['Opening COM3: Access denied', 'no permission', /you may not use/],
    ['Error Resource temporarily unavailable Cannot lock port', 'no permission', /close the program/],
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'no port', /plugged in\?/],
  ])('says for "%s" what to do', (message, problem, sentence) => {
    const found = openProblem({ FlashError }, '/dev/ttyUSB0', new Error(message))
    expect(found).toMatchObject({ problem, message: expect.stringMatching(sentence) })
  })
})
