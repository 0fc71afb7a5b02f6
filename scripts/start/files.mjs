// What a virtual board has in its Storage: the bundle, and what the user gives.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { boardNames, loadBoard } from '../lib/board.mjs'
import { configurationRead } from '../flash/configuration.mjs'
import { readProblem } from '../flash/files.mjs'
import { distFresh, extensionsBeside } from '../lib/dist.mjs'
import { hubProblem } from '../lib/hub_file.mjs'
import { moduleOf } from '../lib/node_module.mjs'

/** A mistake in what was asked for, as FlashError has it. */
export const usageError = sentence => Object.assign(new Error(sentence), { problem: 'usage' })

const readGiven = async file =>
  readFile(file, 'latin1').catch(error => { throw usageError(readProblem(file, error)) })

/** Throws where a board would not run it as it is meant. */
async function readHub (file) {
  const text = await readGiven(file)
  const problem = await hubProblem(file, Buffer.from(text, 'latin1'))
  if (problem) throw usageError(problem)
  return text
}

async function checkBoard (name) {
  if (boardNames().includes(name) && (await loadBoard(name)).RUNTIME === 'espruino') return
  const names = []
  for (const known of boardNames()) if ((await loadBoard(known)).RUNTIME === 'espruino') names.push(known)
  throw usageError(`there is no board ${name}; the boards are ${names.join(', ')}`)
}

/**
 * The bytes of midge.json, what it says, and the networks that are in reach of the board; without Wi-Fi it is told of
 * none.
 */
async function readConfiguration (file, hasWifi) {
  const { data, settings } = await configurationRead(await moduleOf('src/flash/index.ts'), file)
  const { wifi_ssid, wifi_password = '', ...rest } = settings
  const latin1 = bytes => Buffer.from(bytes).toString('latin1')
  return hasWifi
    ? { settings, text: latin1(data), networks: wifi_ssid ? { [wifi_ssid]: wifi_password } : {} }
    : { settings, text: latin1(JSON.stringify(rest)), networks: {} }
}

/**
 * Builds the board's bundle, and tells of each step, and does what is to be done `beside`; answers Storage's files by
 * name, as Latin-1, the bundle's short names, the Wi-Fi networks in reach with their passwords: those that are
 * configured, and what is configured.
 */
export async function readFiles ({ board, config, hub, wifi = true }, onStep, beside = async () => undefined) {
  await checkBoard(board)
  // A mistake is told before anything is built: that takes seconds.
  for (const file of [config, hub]) if (file) await readGiven(file)
  const hubText = hub && await readHub(hub)
  const { settings, text, networks } = config ? await readConfiguration(config, wifi) : { settings: {}, networks: {} }
  const [bundle] = await Promise.all([distFresh(board, onStep), beside()])
  const files = { '.bootcde': await readGiven(bundle) }
  if (text !== undefined) files['midge.json'] = text
  const { extensionFiles, extensionsAsked } = await moduleOf('src/flash/index.ts')
  const asked = extensionsAsked(settings, Boolean(hub))
  for (const { name, data } of extensionFiles(asked, await extensionsBeside(bundle))) {
    files[name] = Buffer.from(data).toString('latin1')
  }
  if (hub) files['hub.js'] = hubText
  const names = JSON.parse(await readGiven(join(dirname(bundle), 'names.json')))
  return { files, names, networks, settings }
}
