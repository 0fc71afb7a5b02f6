// The broker's page as a file: its size, that it is whole, and that nothing runs in it but what the build put there.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { DASHBOARD_SIZE_MAX, dashboardFresh } from '../../scripts/lib/dashboard.mjs'

describe('the broker\'s page', () => {
  let compressed: Buffer
  let page: string

  beforeAll(async () => {
    compressed = await dashboardFresh()
    page = gunzipSync(compressed).toString()
  })

  it('has at most 24,000 bytes, compressed', () => {
    expect(DASHBOARD_SIZE_MAX).toBe(24_000)
    expect(compressed.length).toBeLessThanOrEqual(DASHBOARD_SIZE_MAX)
  })

  it('asks nobody for anything', () => {
    expect(page.match(/\b(?:src|href)="?[^"\s>]+/g)!.filter((link) => !/="(#\/|#main|data:,)/.test(link))).toEqual([])
    expect(page.match(/\bhttps?:\/\/[^\s"'`]+/g)).toEqual(['http://www.w3.org/2000/svg'])
    expect(page).not.toMatch(/@import|url\(/)
  })

  it('lets only its own program and style run, by their hashes', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)!
    const hashOf = (tag: string): string => {
      const [, text] = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(page)!
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    }
    expect(policy).toBe(`default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; `
      + 'img-src data:; connect-src \'self\'; form-action \'none\'; base-uri \'none\'')
    expect(page.match(/<script/g)).toHaveLength(1)
    // Neither could anything else run: no handler and no style stands in the markup.
    expect(page.slice(0, page.indexOf('<script'))).not.toMatch(/\s(on\w+|style)=/)
  })

  it('never reads what clients send as markup', () => {
    expect(page).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/)
  })

  it('gives every field a name', () => {
    for (const [field, id] of page.matchAll(/<(?:input|select|textarea)[^>]*id="([^"]+)"[^>]*>/g)) {
      const at = page.indexOf(field)
      const isWithin = page.lastIndexOf('<label', at) > page.lastIndexOf('</label>', at)
      expect(isWithin || page.includes(`<label for="${id}">`), id).toBe(true)
    }
  })
})

/** The colours of a theme by their names. */
function coloursOf(style: string): Record<string, string> {
  return Object.fromEntries([...style.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour]))
}

/** [WCAG 2.2 relative luminance] */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  return red * 0.2126 + green * 0.7152 + blue * 0.0722
}

function contrast(one: string, other: string): number {
  const [more, less] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (more + 0.05) / (less + 0.05)
}

describe('the page\'s colours', () => {
  const style = readFileSync(new URL('../../src/dashboard/dashboard.css', import.meta.url), 'utf8')
  const [light, dark] = style.split('@media (prefers-color-scheme: dark)')
  const themes = { light: coloursOf(light), dark: { ...coloursOf(light), ...coloursOf(dark) } }

  it.each(Object.entries(themes))('can be read: %s', (_name, { ground, card, soft, warm, ...theme }) => {
    for (const behind of [ground, card, soft, warm]) expect(contrast(theme.text, behind)).toBeGreaterThanOrEqual(4.5)
    for (const name of ['quiet', 'accent', 'wrong', 'second']) {
      for (const behind of [ground, card]) expect(contrast(theme[name], behind), name).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast(theme.quiet, soft)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(theme['on-accent'], theme.accent)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(theme.edge, card)).toBeGreaterThanOrEqual(3)
  })
})
