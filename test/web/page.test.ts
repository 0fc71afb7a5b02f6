// The page in a real browser: flashing a stand-in chip, and every way in which that can go wrong.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { firmwareRead, ownerFiles, partList, storageBuild } from '../../src/flash'
import { STORAGE_START, chipLayout } from '../../src/flash/layout'
import type { ChipName } from '../../src/flash/layout'
import { wholeImage } from '../../src/flash/part_list'
import { RECORDS_END } from '../../src/flash/records_file'
import { releaseFiles, releaseTgz } from '../flash/release'
import { CHROMIUM, Flasher, choose, fill, flashOf, shownText, shownWith, textOf } from './browser'

const FIELDS = {
  'wifi-name': 'home', 'wifi-password': 'hush-hush', 'host-name': 'attic', 'user-name': 'ann', 'user-password': 'shh',
}
const CHOICES = { wifiName: 'home', wifiPassword: 'hush-hush', hostName: 'attic', userName: 'ann', userPassword: 'shh' }

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** What a terminal would have put into the whole flash. */
async function expectedFlash (chip: ChipName): Promise<Uint8Array> {
  const layout = chipLayout(chip)!
  const firmware = firmwareRead(new Map(Object.entries(releaseFiles(layout))), layout)
  const broker = new Uint8Array(readFileSync(await distFresh(layout.board)))
  return wholeImage(partList(layout, firmware, storageBuild(ownerFiles(CHOICES), broker)))
}

describe.skipIf(!CHROMIUM)('the page in a browser (chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-page-'))
  const release = (chip: ChipName): string => {
    const file = join(folder, `${chip}.tgz`)
    writeFileSync(file, releaseTgz(chipLayout(chip)!))
    return file
  }
  let flasher: Flasher
  let page: Page

  beforeAll(async () => {
    flasher = await Flasher.start()
  })
  afterEach(async () => { if (!page.isClosed()) await page.close() })
  afterAll(async () => {
    await flasher.end()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each<ChipName>(['ESP32', 'ESP32-C3', 'ESP32-S3'])('sets up a board with %s as a terminal does', async (chip) => {
    page = await flasher.open({ chip })
    const requests: string[] = []
    page.on('request', request => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`))
    await page.click('#connect')
    await shownWith(page, '#chip', /ready/)
    expect(await textOf(page, '#chip')).toBe(`${chip}, 4 MB or more: ready`)
    await fill(page, FIELDS)
    await choose(page, 'firmware', release(chip))
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect((await textOf(page, '#result-facts')).split(/\s*\n\s*/))
      .toEqual(['Name', 'attic', 'Address', '192.168.1.23', 'Port', '1883', 'User', 'ann'])
    expect(await textOf(page, '#result-command')).toBe('mosquitto_sub -h 192.168.1.23 -t \'#\' -v -u \'ann\' -P …')
    expect(await textOf(page, '#log')).toContain('Wi-Fi connected, address 192.168.1.23')
    expect(await textOf(page, '#parts')).toMatch(/radio settings\s+100 %[^]+broker and settings\s+100 %$/)
    expect(await page.evaluate('document.activeElement.id')).toBe('result-title')
    expect(md5(await flashOf(page))).toBe(md5(await expectedFlash(chip)))
    // Nothing leaves the page: files are asked for, of its own server.
    expect(requests.filter(request => !/^GET http:\/\/127\.0\.0\.1:\d+\/[\w./-]+ $/.test(request))).toEqual([])
    expect(requests.join()).not.toMatch(/hush-hush|shh/)
    expect(page.url()).toBe(flasher.url)
  })

  it('refuses a hub.js that the board would get wrong, with line and mend', async () => {
    page = await flasher.open({ chip: 'ESP32' })
    await page.click('#connect')
    await shownWith(page, '#chip', /ready/)
    await fill(page, FIELDS)
    await choose(page, 'firmware', release('ESP32'))
    const hub = join(folder, 'hub.js')
    writeFileSync(hub, 'function f () {\n  if (D0) return\n  print(1)\n}\n')
    await choose(page, 'hub', hub)
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(/^Mend hub\.js first\nhub\.js:2: return without a semicolon/)
    expect(await page.evaluate('standIn.flash.bytes.every(byte => byte === 0xff)')).toBe(true)
  })

  it('updates a board and leaves its settings as they were', async () => {
    page = await flasher.open()
    await fill(page, FIELDS)
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toBe('Choose the release of Espruino for ESP32.')
    await choose(page, 'firmware', release('ESP32'))
    await page.click('#flash')
    await shownText(page, '#result')
    // An older broker: one byte differs, behind what the board keeps, which an update leaves as it is.
    await page.evaluate(`standIn.flash.bytes[${STORAGE_START + RECORDS_END + 4_096}] ^= 1`)
    await page.click('input[value=update]')
    expect(await textOf(page, '#settings')).toBe('')
    await page.click('#flash')
    await page.locator('#result').waitFor({ state: 'hidden' })
    await shownText(page, '#result')
    expect(md5(await flashOf(page))).toBe(md5(await expectedFlash('ESP32')))
  })

  it('asks for no release where its host has one for the chip', async () => {
    const host = await Flasher.start('--firmware', release('ESP32'))
    page = await host.open()
    await fill(page, FIELDS)
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
    expect(await textOf(page, '#firmware-choice')).toBe('')
    expect(md5(await flashOf(page))).toBe(md5(await expectedFlash('ESP32')))
    await host.end()
  })

  it('takes the release that its owner chose, also where its host has one', async () => {
    const host = await Flasher.start('--firmware', release('ESP32'))
    page = await host.open()
    await fill(page, FIELDS)
    await choose(page, 'firmware', release('ESP32-C3'))
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(/^This firmware is for ESP32-C3, and the board has ESP32/)
    await host.end()
  })

  it('asks for a release where its host answers for a missing file with a page', async () => {
    page = await flasher.open()
    await page.route('**/firmware/**', route =>
      route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: '<!doctype html>' }))
    await fill(page, FIELDS)
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toBe('Choose the release of Espruino for ESP32.')
    await choose(page, 'firmware', release('ESP32'))
    await page.click('#flash')
    expect(await shownText(page, '#result-title')).toBe('Your broker runs')
  })

  it('marks neither field of a user once one of them is mended', async () => {
    page = await flasher.open()
    await fill(page, { ...FIELDS, 'user-password': '' })
    await page.click('#flash')
    await shownText(page, '#problem')
    await page.locator('#user-password').pressSequentially('shh')
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0)
  })

  it.each([
    ['a chip with 2 MB', { faults: { isSmall: true } }, /^This board has 2MB of flash; 4MB are needed\.$/],
    ['what does not arrive', { faults: { badMd5: true } }, /did not arrive as it was sent: do the same again/],
    ['a cable that comes out', { faults: { pullAt: 70 } }, /^The board is gone: check the cable and do the same again/],
    ['a port that nobody chose', { isChosen: false }, /^No board was chosen: plug it in and choose its port/],
    ['firmware for another chip', { chip: 'ESP32-C3' as const }, /^This firmware is for ESP32, and the board has/],
  ])('says what to do about %s', async (_, options, sentence) => {
    page = await flasher.open(options)
    await fill(page, FIELDS)
    // The field shows itself once the chip is known, but takes a file before.
    await choose(page, 'firmware', release('ESP32'))
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(sentence)
    expect(await page.evaluate('document.activeElement.id')).toBe('problem')
    expect(await page.locator('#flash').isEnabled()).toBe(true)
  })

  it('mends what a cable that came out has left, when the same is done again', async () => {
    page = await flasher.open({ faults: { pullAt: 70 } })
    await fill(page, FIELDS)
    await choose(page, 'firmware', release('ESP32'))
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(/mends what was half written/)
    await page.evaluate('standIn.faults = {}')
    await page.click('#flash')
    await shownText(page, '#result')
    expect(md5(await flashOf(page))).toBe(md5(await expectedFlash('ESP32')))
  })

  it.each([
    ['wifi-name', '', /^Which Wi-Fi\?/],
    ['wifi-password', '', /^The password of the Wi-Fi is missing; tick that the network has none/],
    ['wifi-password', 'short', /must be a text of 8 to 63 characters/],
    ['host-name', 'my board', /letters, digits and hyphens/],
    ['user-password', '', /^A user needs both a name and a password/],
  ])('asks for another %s than "%s", and touches no board', async (id, value, sentence) => {
    page = await flasher.open()
    await fill(page, { ...FIELDS, [id]: value })
    await page.click('#flash')
    expect(await shownText(page, '#problem')).toMatch(sentence)
    const marked = await page.locator('[aria-invalid=true]').evaluateAll(fields => fields.map(field => field.id))
    expect(await textOf(page, `#${id}-wrong`)).toMatch(sentence)
    expect(marked).toEqual(id === 'user-password' ? ['user-name', id] : [id])
    expect(await page.evaluate('document.activeElement.id')).toBe(marked[0])
    expect(await page.evaluate('standIn.packets')).toBe(0)
  })

  it('says how the board can be mended when it opens its own network, or says nothing', async () => {
    page = await flasher.open({ speech: 'midge.json: users must be of type object\r\naccess point midge-a1b2c3\r\n' })
    await fill(page, FIELDS)
    await choose(page, 'firmware', release('ESP32'))
    await page.click('#flash')
    expect(await shownText(page, '#result-text')).toMatch(/^It is called midge-a1b2c3: .* the log says why/)
    expect(await textOf(page, '#log')).toContain('users must be of type object')
  })

  it('says which browser can do it, where this one cannot', async () => {
    page = await flasher.open(null)
    expect(await shownText(page, '#unable')).toMatch(/lacks Web Serial\. Open .* Chrome, Edge, Opera or Firefox, 151/)
    expect(await textOf(page, '#able')).toBe('')
  })

  it.each([360, 768, 1_280])('fits into %i pixels', async (width) => {
    page = await flasher.open({}, width)
    await page.click('summary')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await page.click('#flash')
    await shownText(page, '#problem')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  })

  it('can be used with a keyboard, and names every control for a screen reader', async () => {
    page = await flasher.open()
    const order: string[] = []
    await page.focus('a[href*=CH341]')
    for (let tabs = 0; tabs < 10; tabs++) {
      await page.keyboard.press('Tab')
      order.push(String(await page.evaluate('document.activeElement.id || document.activeElement.localName')))
    }
    expect(order).toEqual([
      'input', 'connect', 'wifi-name', 'wifi-password', 'wifi-open', 'host-name', 'user-name', 'user-password',
      'summary', 'flash',
    ])
    await page.click('summary')
    const session = await page.context().newCDPSession(page)
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    const controls = nodes.filter(({ ignored, role }) =>
      !ignored && /^(textbox|button|radio|checkbox|combobox|link)$/.test(String(role?.value)))
    expect(controls.length).toBeGreaterThan(9)
    expect(controls.filter(({ name }) => !name?.value)).toEqual([])
  })
})
