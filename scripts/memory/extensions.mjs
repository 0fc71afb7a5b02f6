// What a board takes with a midge.json, and the extensions that it asks for, beside what it takes without; and with its
// page open, where it has one. And what they take where there are none.
import { bundleFor } from '../build/edition.mjs'
import { distFresh, extensionsBeside } from '../lib/dist.mjs'
import { moduleOf } from '../lib/node_module.mjs'
import { configurationRead } from '../flash/configuration.mjs'
import { engineStart, usageAtRest, usageWithout } from './engine.mjs'
import { freePort } from '../lib/free_port.mjs'
import { pageOpen } from './page.mjs'

/**
 * What settings ask for, as files of Storage.
 * @param {string} boardName
 * @param {Record<string, unknown>} settings
 */
export async function filesFor (boardName, settings) {
  const flash = await moduleOf('src/flash/index.ts')
  const all = await extensionsBeside(await distFresh(boardName))
  return flash.extensionFiles(flash.extensionsAsked(settings, false), all)
}

/** In the place of what runs extensions: nothing. */
const NONE = {
  'src/port/espruino/extensions.ts':
    ['hostOf', 'extensionsRun', 'extensionsStart'].map(name => `export function ${name}(): void {}\n`).join(''),
}

/**
 * What extensions take on a board that has none, beside one that could have none.
 * @param {string} boardName
 * @param {string} code  its bundle
 */
export async function measureUnused (boardName, code) {
  const base = await usageWithout()
  const bare = await usageAtRest((await bundleFor(boardName, {}, NONE)).code) - base
  const rest = await usageAtRest(code) - base
  return [['a broker that could have no extensions', bare], ['the broker at rest, with none', rest],
    ['what they take unused', rest - bare]]
}

/**
 * @param {string} boardName
 * @param {string} code  its bundle
 * @param {string} file  a midge.json
 */
export async function measureExtensions (boardName, code, file) {
  const flash = await moduleOf('src/flash/index.ts')
  const { settings } = await configurationRead(flash, file)
  const files = await filesFor(boardName, settings)
  const base = await usageWithout({ hasWifi: true })
  const rest = await usageAtRest(code, { hasWifi: true }) - base
  const { dashboard } = settings
  const pagePort = dashboard ? await freePort() : 0
  const withPort = { ...settings, ...pagePort && { dashboard: pagePort } }
  const engine = await engineStart(code, { settings: withPort, files, hasWifi: true })
  try {
    const names = files.map(({ name }) => name).filter(name => name !== flash.EXTENSION_LIST)
    const rows = [['the broker at rest', rest], [`with ${file}${names.map(name => ` ${name}`).join('')}`,
      await engine.usage() - base]]
    if (!pagePort) return rows
    const leave = await pageOpen(pagePort, settings)
    rows.push(['with its page open', await engine.usage() - base])
    await leave()
    return rows
  } finally {
    engine.stop()
  }
}
