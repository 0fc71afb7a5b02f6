// A file in the manner of mosquitto.conf as a list of keys with their values, those of included files in their place.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where something is written. */
export interface Place {
  file: string
  line: number
}

export interface Entry extends Place {
  key: string
  value: string
}

/** Files in files; deeper is a circle. */
const DEPTH_MAX = 10

/** A configuration that cannot be used; the message is one sentence that says where and what to do. */
export class ConfigurationError extends Error {
  constructor({ file, line }: Place, sentence: string) {
    super(`${file}:${line}: ${sentence}`)
  }
}

/** All that is wrong with a configuration, a line each. */
export class ConfigurationErrors extends Error {
  constructor(readonly errors: ConfigurationError[]) {
    super([...new Set(errors.map(({ message }) => message))].join('\n'))
  }
}

/** Runs a step; answers what it has found wrong. */
export function errorsOf(step: () => void): ConfigurationError[] {
  try {
    step()
    return []
  } catch (error) {
    if (error instanceof ConfigurationErrors) return error.errors
    if (error instanceof ConfigurationError) return [error]
    throw error
  }
}

/** Lines of a file that say something, with their numbers. */
export function readLines(file: string, from: Place): { text: string, line: number }[] {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'
    throw new ConfigurationError(from, `${file} ${why}; give the path of a file that this user can read.`)
  }
  return content.split(/\r?\n/).map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text && !text.startsWith('#'))
}

/** Files of a folder that end with .conf, in the order that mosquitto takes: letters without regard to case. */
function includedFiles(folder: string, from: Place): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
    const order = (name: string): string => name.toLowerCase()
    return names.sort((a, b) => order(a) < order(b) ? -1 : 1).map((name) => join(folder, name))
  } catch {
    throw new ConfigurationError(from, `${folder} cannot be read; give include_dir a folder that exists.`)
  }
}

/** Reads a file and what it includes. */
export function readEntries(file: string, from: Place = { file, line: 0 }, depth = 0): Entry[] {
  if (depth > DEPTH_MAX) throw new ConfigurationError(from, 'include_dir leads back to itself; take it out here.')
  return readLines(file, from).flatMap(({ text, line }) => {
    const [, key, value] = /^(\S+)\s*(.*)$/.exec(text)!
    const entry = { file, line, key, value }
    if (key !== 'include_dir') return [entry]
    return includedFiles(value, entry).flatMap((name) => readEntries(name, entry, depth + 1))
  })
}
