// What the broker's page must do in a real browser, whatever serves it: for a phone and a desk, light and dark, by the
// keyboard alone.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { until } from '../gateway/library'
import {
  type Opened, PageBrowser, SCHEMES, VIEWS, WIDTHS, isInside, keyUntil, signIn, viewCheck, viewGo,
} from './dashboard'

const LOOKS = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ width, scheme })))
const USER = { username: 'ann', password: 'hush-hush' }

/** Who may come, and what anybody may do. */
export const USERS = { ann: 'hush-hush', otto: 'pencil' }

/** A broker with these users: ann may do everything and read $SYS, otto may read garden/# alone. */
export interface Served {
  /** Of the page. */
  url: string
  /** Of MQTT over TCP. */
  mqtt: string
  end(): Promise<void>
}

/** The cases. */
export function dashboardCases(serve: () => Promise<Served>): void {
  let browser: PageBrowser
  let served: Served | undefined
  let url: string
  let home: Client
  let opened: Opened

  beforeAll(async () => {
    browser = await PageBrowser.start()
    served = await serve()
    url = served.url
    home = await connect(served.mqtt, 5, {
      ...USER, clientId: '<b>sensor</b>', will: { topic: 'home/<i>state</i>', payload: Buffer.from('gone') },
    })
    await home.publish('home/kitchen/temperature', '20.5', { retain: true, qos: 1 })
    await home.publish('home/kitchen/state', '{"power":12}', { qos: 1 })
    await home.publish('<img src=x onerror=alert(1)>', '<script>alert(2)</script>', { retain: true, qos: 1 })
  })
  afterEach(() => opened.page.close())
  afterAll(async () => {
    await browser.end()
    await clientsEnd()
    await served?.end()
  })

  it.each(LOOKS)('is well made and used by keys alone: $width pixels, $scheme', async ({ width, scheme }) => {
    const { page, faults } = opened = await browser.open(url, width, scheme)
    await viewCheck(page, 'login')
    await signIn(page, 'ann', 'hush-hush')
    await isInside(page)
    for (const view of VIEWS.slice(1)) {
      await viewGo(page, view)
      await viewCheck(page, view)
    }
    await viewGo(page, 'topics')
    await keyUntil(page, '[role=treeitem]')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    await page.locator('[role=treeitem][aria-level="2"]').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await home.publish('home/kitchen/temperature', '21.5', { retain: true, qos: 1 })
    await keyUntil(page, '[role=treeitem]:has-text("temperature")', 'ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('#detail-title', { hasText: 'home/kitchen/temperature' }).waitFor()
    await page.locator('#detail-value', { hasText: '21.5' }).waitFor()
    await viewCheck(page, 'detail')
    expect(faults).toEqual([])
  })

  it('lets nobody in without the password, and says so', async () => {
    const { page } = opened = await browser.open(url)
    await signIn(page, 'ann', 'wrong')
    await page.locator('#login-error', { hasText: /not authorized|password/i }).waitFor()
    expect(await page.locator('#overview').isVisible()).toBe(false)
    await page.locator('#user:focus').waitFor()
    await page.fill('#password', 'hush-hush')
    await page.click('#enter')
    await isInside(page)
    // It stays nowhere.
    expect(await page.locator('#password').inputValue()).toBe('')
    expect(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(0)
  })

  it('shows what strangers send as text', async () => {
    const { page, faults } = opened = await browser.open(url)
    await signIn(page, 'ann', 'hush-hush')
    await isInside(page)
    await viewGo(page, 'topics')
    await page.locator('[role=treeitem]', { hasText: '<img src=x onerror=alert(1)>' }).click()
    await page.locator('#detail-value', { hasText: '<script>alert(2)</script>' }).waitFor()
    await viewGo(page, 'clients')
    const row = page.locator('#client-list li', { hasText: '<b>sensor</b>' })
    await row.locator('dd', { hasText: 'home/<i>state</i>' }).waitFor()
    expect(await row.locator('b, i').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('publishes, subscribes, and changes and deletes what is retained', async () => {
    const { page } = opened = await browser.open(url)
    await signIn(page, 'ann', 'hush-hush')
    await isInside(page)
    await viewGo(page, 'messages')
    await page.fill('#subscribe-filter', 'desk/+')
    await page.click('#subscribe button')
    await page.locator('#subscribe-result', { hasText: 'Subscribed' }).waitFor()
    await page.fill('#publish-topic', 'desk/note')
    await page.fill('#publish-payload', 'hello')
    await page.check('#publish-retain')
    await page.selectOption('#publish-qos', '2')
    await page.click('#publish button')
    await page.locator('#publish-result', { hasText: 'Published.' }).waitFor()
    await page.locator('#received li', { hasText: /desk\/note.*hello/ }).waitFor()
    await viewGo(page, 'topics')
    await page.fill('#topic-search', 'note')
    await page.locator('[role=treeitem]', { hasText: 'note' }).last().click()
    await page.fill('#editor-payload', 'changed')
    await page.click('#editor button:has-text("Publish")')
    await page.locator('#detail-value', { hasText: 'changed' }).waitFor()
    await home.subscribe('desk/note', { qos: 1 })
    await until(() => home.texts.includes('changed'))
    await page.click('#editor-delete')
    expect(home.texts).not.toContain('')
    await page.click('#editor-delete')
    await until(() => home.texts.includes(''))
    await page.locator('#editor-result', { hasText: 'Deleted.' }).waitFor()
  })

  it('tells a user with few rights what is not for him', async () => {
    const { page } = opened = await browser.open(url)
    await signIn(page, 'otto', 'pencil')
    await isInside(page)
    await page.locator('#notice', { hasText: 'may not read $SYS' }).waitFor()
    await viewGo(page, 'messages')
    await page.fill('#publish-topic', 'home/kitchen/temperature')
    await page.click('#publish button')
    await page.locator('#publish-result', { hasText: 'Not authorized' }).waitFor()
    await viewGo(page, 'clients')
    expect(await page.locator('#client-list li').count()).toBe(0)
  })

  it('signs out, and forgets all that it showed', async () => {
    const { page } = opened = await browser.open(url)
    await signIn(page, 'ann', 'hush-hush')
    await isInside(page)
    await page.click('#leave')
    await page.locator('#user:focus').waitFor()
    expect(await page.locator('main').innerText()).not.toMatch(/temperature|sensor/)
    expect(await page.locator('nav').isVisible()).toBe(false)
  })
}
