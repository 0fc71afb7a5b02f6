// What a newcomer meets on the page besides the plain way: what is needed, files of every kind, a board with two
// sockets, and one that runs already.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { CHIP_LAYOUTS, STORAGE_SIZE, STORAGE_START, chipLayout } from '../../src/flash/layout'
import type { ChipName } from '../../src/flash/layout'
import { configurationOf } from '../../src/flash/owner_files'
import { storageFiles } from '../../src/flash/storage_build'
import { LiveDriver } from '../../src/simulator/live_driver'
import { servesFirstMessage } from '../flash/first_message'
import { ARCHIVES, releaseFiles, releaseTgz } from '../flash/release'
import { StandInConsole } from '../flash/stand_in_console'
import { CHROMIUM, Flasher, choose, fill, flashOf, plugIn, shownText, shownWith, textOf } from './browser'

const FIELDS = { 'wifi-name': 'home', 'wifi-password': 'hush-hush' }
const USER = { username: 'ann', password: 'psst' }
const CONFIGURATION = {
  wifi_ssid: 'home', wifi_password: 'hush-hush', hostname: 'attic', users: { ann: 'shh' }, port: 1_884,
}
/** What a board prints of a client that comes and goes. */
const REPORT = ['client: "thermo"', 'connected: 3 5', 'closed: 3 256']
/** Whether the sentence that says what is wrong is on the screen. */
const IS_IN_SIGHT = `(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(
  document.querySelector('#problem').getBoundingClientRect())`

const attribute = (page: Page, selector: string, name: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((found, wanted) => found.map(element => element.getAttribute(wanted)!), name)

describe.skipIf(!CHROMIUM)('a newcomer at the page (chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-newcomer-'))
  const file = (name: string, data: Uint8Array | string): string => {
    writeFileSync(join(folder, name), data)
    return join(folder, name)
  }
  let flasher: Flasher
  let page: Page
  let driver: LiveDriver | undefined

  beforeAll(async () => { flasher = await Flasher.start() })
  afterEach(async () => {
    driver?.close()
    driver = undefined
    await page.close()
  })
  afterAll(async () => {
    await flasher.end()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A board that runs with the broker, or with other files, at the page's console port. */
  async function running (others?: Record<string, string>): Promise<LiveDriver> {
    const bundle = new Uint8Array(readFileSync(await distFresh('esp32')))
    const files = others ?? { '.bootcde': bundle, 'midge.json': JSON.stringify(CONFIGURATION) }
    let send = (_: Uint8Array): void => undefined
    let joined: () => void
    const isJoined = new Promise<void>(resolve => { joined = resolve })
    const log = (line: string): void => {
      send(Buffer.from(`${line}\r\n`))
      if (line.startsWith('Wi-Fi connected')) joined()
    }
    const board = new LiveDriver({ files, networks: { home: 'hush-hush', shed: 'of the shed' }, log })
    const serial = new StandInConsole(board, bytes => send(bytes))
    send = await plugIn(page, bytes => serial.receive(bytes))
    board.start()
    if (!others) await isJoined
    return board
  }

  const stored = (name: string): unknown =>
    driver!.board.evaluate(`require("Storage").${name.endsWith('.json') ? 'readJSON' : 'read'}("${name}")`)

  it('is told what it takes, where to get it, and what has not been tried', async () => {
    page = await flasher.open()
    const text = await textOf(page, 'main')
    for (const word of ['ESP32-S3', '4 MB', 'Firefox 151', '2.4 GHz', 'CP210x', 'No board has run this yet']) {
      expect(text).toContain(word)
    }
    expect(await attribute(page, '#releases a', 'href')).toEqual(CHIP_LAYOUTS.map(({ board }) =>
      expect.stringMatching(new RegExp(`^https://www\\.espruino\\.com/binaries/espruino_2v\\d\\d_${board}/$`))))
    expect(await attribute(page, '.needs a[target=_blank]', 'rel')).not.toContain(null)
    expect(await textOf(page, '#warning')).toMatch(/^This writes over everything that is on the board/)
    expect(text).not.toMatch(/\bnvs\b|otadata/)
  })

  // A manifest is for the terminal: the page asks no other server.
  it.each<[string, ChipName, () => string[]]>([
    ['the three files of a release', 'ESP32', () => Object.entries(releaseFiles(chipLayout('ESP32')!))
      .filter(([name]) => name.endsWith('.bin')).map(([name, data]) => file(name, data))],
    ...ARCHIVES.map(({ name, chip, make }): [string, ChipName, () => string[]] =>
      [name, chip, () => [file(name, make())]]),
  ])('sets up a blank board with %s for %s, which carries a real client\'s first message', async (_, chip, files) => {
    page = await flasher.open({ chip })
    await fill(page, { ...FIELDS, 'user-name': USER.username, 'user-password': USER.password })
    await choose(page, 'firmware', ...files())
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect(await attribute(page, '#firmware-link', 'href')).toEqual([
      expect.stringMatching(new RegExp(`_${chipLayout(chip)!.board}/$`)),
    ])
    await servesFirstMessage(await flashOf(page), { home: 'hush-hush' }, USER)
  })

  it.each([
    ['two files of a release', /^Choose an archive, or the 3 \.bin files .* together: 2 of them were chosen\.$/,
      () => ['bootloader.bin', 'espruino_esp32.bin'].map(name => file(name, releaseFiles(chipLayout('ESP32')!)[name]))],
    ['an old release', /^This is Espruino 2v25, and 2v26 or newer is needed/,
      () => [file('old.tgz', releaseTgz(chipLayout('ESP32')!, { version: '2v25' }))]],
  ])('is told what is wrong with %s, in sight, and keeps the board', async (_, sentence, files) => {
    page = await flasher.open()
    await fill(page, FIELDS)
    await choose(page, 'firmware', ...files())
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(sentence)
    expect(await page.evaluate('document.activeElement.id')).toBe('problem')
    expect(await page.evaluate(IS_IN_SIGHT)).toBe(true)
    expect(await textOf(page, '#chip')).toMatch(/ready$/)
  })

  it('writes an open network only when told so', async () => {
    page = await flasher.open()
    await fill(page, { 'wifi-name': 'home' })
    await page.click('#flash')
    expect(await shownText(page, '#wifi-password-wrong')).toMatch(/is missing; tick/)
    await page.click('#wifi-open')
    expect(await page.locator('#wifi-password-wrong').count()).toBe(0)
    await choose(page, 'firmware', file('esp32.tgz', releaseTgz(chipLayout('ESP32')!)))
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    const storage = (await flashOf(page)).subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE)
    expect(configurationOf(storageFiles(storage))).toEqual({ wifi_ssid: 'home', hostname: 'midge' })
  })

  it('is led to the other socket, where the console of an ESP32-S3 with this release is', async () => {
    page = await flasher.open({ chip: 'ESP32-S3', isUsb: true, speech: 'ESP-ROM:esp32s3\r\n', runsFrom: 1 })
    driver = await running()
    await fill(page, FIELDS)
    await choose(page, 'firmware', file('s3.tgz', releaseTgz(chipLayout('ESP32-S3')!)))
    await page.click('#flash')
    await shownWith(page, '#note', /Espruino 2v29 or newer/)
    await page.locator('#elsewhere').waitFor()
    expect(await textOf(page, '#note')).toMatch(/into its socket marked UART or COM, and choose the port that appears/)
    expect(await page.evaluate('document.activeElement.id')).toBe('elsewhere')
    await page.click('#elsewhere')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect(await textOf(page, '#log')).toContain('Wi-Fi connected, address 192.168.1.50')
  })

  it('changes settings and hub.js of a board that runs, and nothing else of it', async () => {
    page = await flasher.open({ runsFrom: 0 })
    driver = await running()
    await page.click('input[value=change]')
    expect(await textOf(page, '#settings-card')).toBe('')
    await page.click('#connect')
    await shownWith(page, '#chip', /ready/)
    expect(await textOf(page, '#chip')).toMatch(/^ESP32 with Espruino 2v\d+: ready$/)
    const values = await page.locator('.fields input:not([type=checkbox], [type=file])').evaluateAll(fields =>
      fields.map(field => (field as unknown as { value: string }).value))
    expect(values).toEqual(['home', '', 'attic', 'ann', ''])
    await fill(page, { 'host-name': 'cellar' })
    await page.click('summary')
    await choose(page, 'hub', file('hub.js', 'print("the new hub")'))
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect((await textOf(page, '#result-facts')).split(/\s*\n\s*/)).toContain('cellar')
    expect(await textOf(page, '#log')).toContain('the new hub')
    expect(stored('midge.json')).toEqual({ ...CONFIGURATION, hostname: 'cellar' })
  })

  it.each<[string, number, () => Promise<void>]>([
    ['that is set up', 1_000, async () => {
      await choose(page, 'firmware', file('esp32.tgz', releaseTgz(chipLayout('ESP32')!)))
    }],
    ['that is changed', 0, async () => {
      driver = await running()
      await page.click('input[value=change]')
      await page.click('#connect')
      await shownWith(page, '#chip', /ready/)
      await page.click('summary')
      await choose(page, 'hub', file('hub.js', `print(${JSON.stringify(REPORT.join('\n'))})`))
    }],
  ])('reads of clients in sentences, at a board %s', async (_, runsFrom, prepare) => {
    const speech = [...REPORT, 'Wi-Fi connected, address 192.168.1.23', ''].join('\r\n')
    page = await flasher.open({ runsFrom, speech })
    await fill(page, FIELDS)
    await prepare()
    await page.click('#flash')
    await shownText(page, '#result-title')
    const log = await textOf(page, '#log')
    expect(log).toMatch(/^thermo connected, MQTT 5\.0\nthermo disconnected$/m)
    expect(log).not.toMatch(/connected: 3|"thermo"/)
  })

  it('is told that a board has no broker that could be changed, and can set it up', async () => {
    page = await flasher.open({ runsFrom: 0 })
    driver = await running({ '.bootcde.old': 'print(1)' })
    await page.click('input[value=change]')
    await page.click('#connect')
    expect(await shownText(page, '#problem')).toBe('There is no broker on this board: set it up.')
    expect(await textOf(page, '#settings-card')).toBe('')
    await page.click('input[value=install]')
    expect(await textOf(page, '#problem')).toBe('')
    expect(await textOf(page, '#settings-card')).toContain('Put Midge on the board')
  })

  it('is shown which modules hub.js needs, and puts them onto the board with it', async () => {
    page = await flasher.open({ runsFrom: 0 })
    driver = await running()
    await page.click('input[value=change]')
    await page.click('#connect')
    await shownWith(page, '#chip', /ready/)
    await page.click('summary')
    await choose(page, 'hub', file('hub.js', 'print("it says " + require("Warm").degrees)'))
    await page.locator('#modules').waitFor()
    expect(await attribute(page, '#modules-links a', 'href')).toEqual(['https://www.espruino.com/modules/Warm.min.js'])
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(/^Your hub\.js needs the module Warm: save/)
    await choose(page, 'modules', file('Warm.min.js', 'exports.degrees = require("Colder").degrees + 20'))
    await shownWith(page, '#modules-links', /^Colder\.min\.js$/)
    await choose(page, 'modules', join(folder, 'Warm.min.js'), file('Colder.js', 'exports.degrees = 1.5'))
    await page.locator('#modules-help').waitFor({ state: 'hidden' })
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect(await textOf(page, '#log')).toContain('it says 21.5')
  })

  it('needs the password of a network that the board is to change to, and of no other', async () => {
    page = await flasher.open({ runsFrom: 0 })
    driver = await running()
    await page.click('input[value=change]')
    await page.click('#connect')
    await shownWith(page, '#chip', /ready/)
    await fill(page, { 'wifi-name': 'shed' })
    await page.click('#flash')
    expect(await shownText(page, '#wifi-password-wrong')).toMatch(/^The password of the Wi-Fi is missing/)
    await fill(page, { 'wifi-password': 'of the shed', 'user-name': 'bob', 'user-password': 'psst' })
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect(stored('midge.json')).toEqual({
      ...CONFIGURATION, wifi_ssid: 'shed', wifi_password: 'of the shed', users: { ann: 'shh', bob: 'psst' },
    })
  })
})
