// What a virtual board has in its Storage: the bundle, and what the user gives.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { boardNames, loadBoard } from '../lib/board.mjs'
import { configurationRead } from '../flash/configuration.mjs'
import { distFresh } from '../lib/dist.mjs'
import { moduleOf } from '../lib/node_module.mjs'

async function readGiven (file) {
  try {
    return await readFile(file, 'latin1')
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error.code}`, { cause: error })
  }
}

async function checkBoard (name) {
  if (boardNames().includes(name) && (await loadBoard(name)).RUNTIME === 'espruino') return
  const names = []
  for (const known of boardNames()) if ((await loadBoard(known)).RUNTIME === 'espruino') names.push(known)
  throw new Error(`there is no board ${name}; the boards are ${names.join(', ')}`)
}

/** The bytes of midge.json and the networks that are in reach of the board; without Wi-Fi it is told of none. */
async function readConfiguration (file, hasWifi) {
  const { data, settings } = await configurationRead(await moduleOf('src/flash/index.ts'), file)
  const { wifi_ssid, wifi_password = '', ...rest } = settings
  return hasWifi
    ? { text: Buffer.from(data).toString('latin1'), networks: wifi_ssid ? { [wifi_ssid]: wifi_password } : {} }
    : { text: Buffer.from(JSON.stringify(rest)).toString('latin1'), networks: {} }
}

/**
 * Builds the board's bundle, and tells of each step; answers Storage's files by name, as Latin-1, the bundle's short
 * names, and the Wi-Fi networks in reach with their passwords: those that are configured.
 */
export async function readFiles ({ board, config, hub, wifi = true }, onStep) {
  await checkBoard(board)
  const configuration = config && await readConfiguration(config, wifi)
  const bundle = await distFresh(board, onStep)
  const files = { '.bootcde': await readGiven(bundle) }
  if (configuration) files['midge.json'] = configuration.text
  if (hub) files['hub.js'] = await readGiven(hub)
  const names = JSON.parse(await readGiven(join(dirname(bundle), 'names.json')))
  return { files, names, networks: configuration ? configuration.networks : {} }
}
