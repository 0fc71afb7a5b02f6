// The modules that hub.js requires, from where its owner says: nothing is fetched from anywhere else, or unasked.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import confirm from '@inquirer/confirm'

/** What may stand in the path of a file: nothing that leads out of a folder. */
const NAME = /^\w[\w.-]*(\/\w[\w.-]*)*$/

/** The bytes at an address; null: there is nothing, for which some servers have a page. */
async function fetched (address) {
  const response = await fetch(address).catch(() => null)
  const isPage = response?.headers.get('content-type')?.startsWith('text/html')
  return response?.ok && !isPage ? new Uint8Array(await response.arrayBuffer()) : null
}

async function moduleRead (flash, place, name) {
  if (!NAME.test(name)) throw new flash.FlashError('usage', `"${name}" cannot be a module's name`)
  for (const file of flash.moduleFiles(name)) {
    const data = /^https?:/.test(place)
      ? await fetched(`${place.replace(/\/$/, '')}/${file}`)
      : await readFile(join(place, file)).catch(() => null)
    if (data?.length > 0) return { name, data: new Uint8Array(data) }
  }
  throw new flash.FlashError('usage', `${place} has no module ${name}: no file ${flash.moduleFiles(name).join(' or ')}`)
}

/** Asks where nobody has said it. */
async function placeOf (flash, names) {
  const from = flash.MODULES_ADDRESS
  const needs = `hub.js needs ${names.length === 1 ? 'the module' : 'the modules'} ${names.join(', ')}`
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  if (isTerminal && await confirm({ message: `${needs}. Fetch from ${from}?` })) return from
  throw new flash.FlashError('usage', `${needs}: say with --modules which folder or address has it, as ${from}`)
}

/** The modules that `files` require and that are not `there`, from a folder or an address. */
export async function modulesFor (flash, files, place, there = []) {
  const found = []
  for (;;) {
    const missing = flash.modulesMissing([...files, ...found], there)
    if (missing.length === 0) return found
    place ??= await placeOf(flash, missing)
    found.push(await moduleRead(flash, place, missing[0]))
  }
}
