// midge.json as its owner wrote it, held to what a board takes. What is said about it quotes none of its values: they
// may be passwords.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { ROOT } from '../lib/root.mjs'
import { fileRead } from './files.mjs'

const token = pattern => new RegExp(`(?:${pattern})[ \\t\\r\\n]*`, 'y')
const SPACE = token('')
const TEXT = token('"(?:[^"\\\\\\x00-\\x1f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
const NUMBER = token('-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?')
const WORD = token('true|false|null')
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END, COLON, COMMA] = ['\\{', '\\}', '\\[', '\\]', ':', ','].map(token)

/** Where a text stops being JSON; JSON.parse says it only sometimes, and quotes what stands around it. */
function brokenAt (text) {
  let at = 0
  const take = pattern => {
    pattern.lastIndex = at
    const isThere = pattern.test(text)
    if (isThere) at = pattern.lastIndex
    return isThere
  }
  const list = (end, member) => {
    if (take(end)) return true
    do if (!member()) return false; while (take(COMMA))
    return take(end)
  }
  const value = () => {
    if (take(OBJECT)) return list(OBJECT_END, () => take(TEXT) && take(COLON) && value())
    return take(ARRAY) ? list(ARRAY_END, value) : take(TEXT) || take(NUMBER) || take(WORD)
  }
  take(SPACE)
  value()
  return at
}

function parsed (flash, file, text) {
  try {
    return JSON.parse(text)
  } catch {
    const lines = text.slice(0, brokenAt(text)).split('\n')
    throw new flash.FlashError('usage',
      `${file} is no JSON: look at line ${lines.length}, column ${lines.at(-1).length + 1}`)
  }
}

/** What a board would find fault with, as a sentence's end. */
/** @param {import('ajv').ErrorObject<string, Record<string, any>>} error */
function faultOf ({ keyword, instancePath, params, message }) {
  const [, key, item] = instancePath.split('/')
  if (keyword === 'additionalProperties') return `there is no setting "${params.additionalProperty}"`
  if (key === 'acl' && keyword === 'pattern') return `"acl", entry ${Number(item) + 1} is no line of an access list`
  return key === undefined ? message : `"${key}"${item === undefined ? '' : `, "${item}"`} ${message}`
}

/**
 * A configuration's bytes and what they say. Throws FlashError for one that a board would not take.
 * @returns {Promise<{ data: Uint8Array, settings: Record<string, any> }>}
 */
export async function configurationRead (flash, file) {
  const data = await fileRead(flash, file)
  const settings = parsed(flash, file, Buffer.from(data).toString())
  const isValid = new Ajv().compile(JSON.parse(await readFile(join(ROOT, 'boards', 'midge.schema.json'), 'utf8')))
  if (!isValid(settings)) throw new flash.FlashError('usage', `${file}: ${faultOf(isValid.errors[0])}`)
  return { data, settings }
}
