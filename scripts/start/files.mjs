// What a virtual board has in its Storage: the bundle, and what the user gives.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { boardNames, loadBoard } from '../lib/board.mjs'
import { distFresh } from '../lib/dist.mjs'

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

/**
 * Builds the board's bundle, and tells of each step; answers Storage's files by name, as Latin-1, and the bundle's
 * short names.
 */
export async function readFiles ({ board, config, hub }, onStep) {
  await checkBoard(board)
  const bundle = await distFresh(board, onStep)
  const files = { '.bootcde': await readGiven(bundle) }
  if (config) files['midge.json'] = await readGiven(config)
  if (hub) files['hub.js'] = await readGiven(hub)
  return { files, names: JSON.parse(await readGiven(join(dirname(bundle), 'names.json'))) }
}
