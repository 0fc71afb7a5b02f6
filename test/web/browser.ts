// A browser that is installed, driven by the tests: CHROMIUM names it, or it is found on the PATH.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { Program } from '../interop/program'
import type { StandInOptions } from './stand_in'
import { STAND_IN } from './stand_in_build'
import { PATIENCE_MS } from '../support/patience'

const FLASHER = fileURLToPath(new URL('../../scripts/flasher.mjs', import.meta.url))

function onPath (names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(existsSync)
}

/** The browser's file; undefined: there is none, and the tests of the page are skipped. */
export const CHROMIUM = process.env.CHROMIUM ?? onPath(['chromium', 'chromium-browser', 'google-chrome', 'chrome'])

const PLAIN: StandInOptions = {
  chip: 'ESP32', faults: {}, speech: 'rst:0x1\r\nWi-Fi connected, address 192.168.1.23\r\n', isChosen: true,
  isUsb: false, runsFrom: 1_000,
}

export class Flasher {
  private constructor (
    private readonly browser: Browser, private readonly server: Program, readonly url: string,
    private readonly standIn: string,
  ) {}

  /** Serves the page, and starts the browser. */
  static async start (...options: string[]): Promise<Flasher> {
    const server = new Program(process.execPath, [FLASHER, '--port', '0', ...options])
    const [url] = /http:\S+/.exec(await server.line(/^flasher: /))!
    // As root, in a container, Chromium has no sandbox.
    const browser = await chromium.launch({
      executablePath: CHROMIUM, chromiumSandbox: false, args: ['--disable-gpu'], timeout: PATIENCE_MS,
    })
    return new Flasher(browser, server, url, `{${readFileSync(STAND_IN, 'utf8')}}`)
  }

  /** Opens the page with a stand-in chip; null: in a browser without Web Serial. */
  async open (options: Partial<StandInOptions> | null = {}, width = 1_280): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width, height: 900 } })
    page.setDefaultTimeout(PATIENCE_MS)
    if (options) {
      const given = `globalThis.standInOptions = ${JSON.stringify({ ...PLAIN, ...options })}`
      await page.addInitScript({ content: `${given}\n${this.standIn}` })
    } else {
      await page.addInitScript({ content: 'Object.defineProperty(navigator, "serial", { value: undefined })' })
    }
    await page.goto(this.url)
    return page
  }

  async end (): Promise<void> {
    await this.browser.close()
    this.server.signal('SIGTERM')
    await this.server.end()
  }
}

/** Lets a page have a board that runs: `receive` hears what it writes to its port; answers what it reads. */
export async function plugIn (page: Page, receive: (bytes: Uint8Array) => void): Promise<(bytes: Uint8Array) => void> {
  await page.exposeFunction('toBoard', (bytes: number[]) => receive(Uint8Array.from(bytes)))
  return bytes => { void page.evaluate(`fromBoard([${bytes.join()}])`).catch(() => undefined) }
}

/** The text of an element as it is shown; empty while it is not. */
export const textOf = async (page: Page, selector: string): Promise<string> =>
  page.locator(selector).evaluate(element => {
    const { innerText, offsetParent } = element as unknown as { innerText: string, offsetParent: unknown }
    return offsetParent ? innerText.trim() : ''
  })

/** Waits until an element is shown, and answers its text. */
export async function shownText (page: Page, selector: string): Promise<string> {
  await page.locator(selector).waitFor()
  return textOf(page, selector)
}

/** Waits until an element is shown that has a text. */
export const shownWith = (page: Page, selector: string, text: RegExp): Promise<void> =>
  page.locator(selector).filter({ hasText: text }).waitFor()

/** Types into fields, by their ids. */
export async function fill (page: Page, fields: Record<string, string>): Promise<void> {
  for (const [id, value] of Object.entries(fields)) {
    const field = page.locator(`#${id}`)
    await field.clear()
    await field.pressSequentially(value)
  }
}

/** The whole flash of the stand-in; as base64, since a browser's answer is a text. */
export async function flashOf (page: Page): Promise<Uint8Array> {
  const text = await page.evaluate(`(async () => new Promise(resolve => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.split(',')[1])
    reader.readAsDataURL(new Blob([standIn.flash.bytes]))
  }))()`)
  return new Uint8Array(Buffer.from(text as string, 'base64'))
}

/** Chooses files. */
export async function choose (page: Page, id: string, ...paths: string[]): Promise<void> {
  await page.locator(`input#${id}`).setInputFiles(paths)
}
