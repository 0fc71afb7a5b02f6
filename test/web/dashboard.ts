// The broker's page in a browser, whatever serves it.
import { type Browser, type Page, chromium } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE_MS } from '../support/patience'
import { CHROMIUM } from './browser'

export const WIDTHS = [360, 768, 1_280]
export const SCHEMES = ['light', 'dark'] as const
export const VIEWS = ['overview', 'topics', 'clients', 'messages', 'log', 'settings']

/** What went wrong on a page that nobody may see, or wants to: errors, and requests to others. */
export interface Opened { page: Page, faults: string[] }

export class PageBrowser {
  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<PageBrowser> {
    return new PageBrowser(await chromium.launch({
      executablePath: CHROMIUM, chromiumSandbox: false, args: ['--disable-gpu'], timeout: PATIENCE_MS,
    }))
  }

  async open(url: string, width = 1_280, colorScheme: typeof SCHEMES[number] = 'light'): Promise<Opened> {
    const page = await this.browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    page.setDefaultTimeout(PATIENCE_MS)
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (line) => { if (line.type() === 'error') faults.push(line.text()) })
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (request.url().replace(/#.*/, '') !== url && request.url() !== 'data:,') faults.push(`asks ${request.url()}`)
    })
    await page.goto(url)
    return { page, faults }
  }

  end(): Promise<void> {
    return this.browser.close()
  }
}

/** Signs in by the keyboard alone: the first field has the focus. */
export async function signIn(page: Page, user = '', password = ''): Promise<void> {
  await page.locator('#user:focus').waitFor()
  await page.keyboard.type(user)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
}

export const isInside = (page: Page): Promise<void> => page.locator('#overview-title:focus').waitFor()

/** Goes on by Tab, or by another key, until the focus is where it is wanted. */
export async function keyUntil(page: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await page.locator(`${selector}:focus`).count()) return
    await page.keyboard.press(key)
  }
  throw new Error(`${key} does not lead to ${selector}`)
}

/** Goes to a view by the keyboard. */
export async function viewGo(page: Page, view: string): Promise<void> {
  await keyUntil(page, `nav a[href="#/${view}"]`, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.locator(`#${view}-title:focus`).waitFor()
}

/** What a view is held to: nothing beside the screen, everything large enough for a finger, everything named. */
export async function viewCheck(page: Page, view: string): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${view} is too wide`).toBe(0)
  const problems = await page.evaluate(`(() => {
    const wrong = []
    for (const one of document.querySelectorAll('a, button, input, select, textarea, [role=treeitem]')) {
      const { width, height } = (one.type === 'checkbox' ? one.closest('label') : one).getBoundingClientRect()
      if (!one.offsetParent && getComputedStyle(one).position !== 'fixed' || one.className === 'skip') continue
      if (height < 44 || width < 44) wrong.push(one.outerHTML.slice(0, 80) + ' is ' + width + ' x ' + height)
      const name = one.labels?.[0]?.innerText || one.getAttribute('aria-label') || one.innerText
      if (!name?.trim()) wrong.push(one.outerHTML.slice(0, 80) + ' has no name')
    }
    return wrong
  })()`)
  expect(problems, view).toEqual([])
}
