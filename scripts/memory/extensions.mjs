// What a board takes with a midge.json, and the extensions that it asks for, beside what it takes without.
import { distFresh, extensionsBeside } from '../lib/dist.mjs'
import { moduleOf } from '../lib/node_module.mjs'
import { configurationRead } from '../flash/configuration.mjs'
import { engineStart, usageAtRest, usageWithout } from './engine.mjs'

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
  const engine = await engineStart(code, '', settings, files, true)
  try {
    const names = files.map(({ name }) => name).filter(name => name !== flash.EXTENSION_LIST)
    return [['the broker at rest', rest], [`with ${file}${names.map(name => ` ${name}`).join('')}`,
      await engine.usage() - base]]
  } finally {
    engine.stop()
  }
}
