// What a board takes with a midge.json, and the extensions that it asks for, beside what it takes without; and with its
// page open, where it has one.
import { distFresh, extensionsBeside } from '../lib/dist.mjs'
import { moduleOf } from '../lib/node_module.mjs'
import { configurationRead } from '../flash/configuration.mjs'
import { engineStart, usageAtRest, usageWithout } from './engine.mjs'
import { freePort } from '../lib/free_port.mjs'
import { pageOpen } from './page.mjs'

/**
 * @param {string} boardName
 * @param {string} code  its bundle
 * @param {string} file  a midge.json
 */
export async function measureExtensions (boardName, code, file) {
  const flash = await moduleOf('src/flash/index.ts')
  const { settings } = await configurationRead(flash, file)
  const all = await extensionsBeside(await distFresh(boardName))
  const files = flash.extensionFiles(flash.extensionsAsked(settings), all)
  const base = await usageWithout(true)
  const rest = await usageAtRest(code, true) - base
  const { dashboard } = settings
  const pagePort = dashboard ? await freePort() : 0
  const engine = await engineStart(code, '', { ...settings, ...pagePort && { dashboard: pagePort } }, files, true)
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
