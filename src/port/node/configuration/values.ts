// Values of keys: each reader answers the value, or says in one sentence what it should have been.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigurationError, type Entry } from './entries'

/** mosquitto's numbers have 31 bits. */
export const NUMBER_MAX = 2_147_483_647

/** Seconds by the letter behind a number, from seconds to years. */
const UNITS: Record<string, number> = { s: 1, h: 3_600, d: 86_400, w: 604_800, m: 2_592_000, y: 31_536_000 }

export function readBoolean(entry: Entry): boolean {
  if (entry.value === 'true' || entry.value === '1') return true
  if (entry.value === 'false' || entry.value === '0') return false
  throw new ConfigurationError(entry, `${entry.key} is ${entry.value || 'empty'}; say true or false.`)
}

export function readInteger(entry: Entry, least: number, most: number, text = entry.value): number {
  const value = Number(text)
  if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
  throw new ConfigurationError(entry, `${entry.key} is ${text || 'empty'}; say a number from ${least} to ${most}.`)
}

/** An absolute duration as mosquitto writes it, `14d`; seconds. */
export function readDuration(entry: Entry): number {
  const match = /^(\d*[1-9]\d*)([shdwmy])$/.exec(entry.value)
  if (match) return Number(match[1]) * UNITS[match[2]]
  throw new ConfigurationError(
    entry, `${entry.key} is ${entry.value || 'empty'}; say a number and s, h, d, w, m or y: 14d.`)
}

export function readText(entry: Entry): string {
  if (entry.value) return entry.value
  throw new ConfigurationError(entry, `${entry.key} is empty; give it a value or delete the line.`)
}

const ASSIGNED_PREFIX_SIZE_MAX = 255

/** A list of ciphers with those of an entry behind it: those of TLS 1.2 and of 1.3 are one list to OpenSSL. */
export const ciphersWith = (ciphers: string | undefined, entry: Entry): string =>
  [ciphers, readText(entry)].filter(Boolean).join(':')

/** What Client Identifiers begin with that the broker gives. */
export function readAssignedPrefix(entry: Entry): string {
  const prefix = readText(entry)
  if (Buffer.byteLength(prefix) <= ASSIGNED_PREFIX_SIZE_MAX) return prefix
  throw new ConfigurationError(
    entry, `${entry.key} has over ${ASSIGNED_PREFIX_SIZE_MAX} bytes; give a shorter one.`)
}

/** A file's name, with or without folders in front of it. */
export function readName(entry: Entry): string {
  const name = readText(entry)
  if (!/(^|[/\\])\.{0,2}$/.test(name)) return name
  throw new ConfigurationError(entry, `${entry.key} is ${name}; say the name of a file.`)
}

/** The path of a file that is there or can be made, in a folder that is. */
export function readNewPath(entry: Entry): string {
  const path = readText(entry)
  return existsSync(dirname(path)) && !/\s#/.test(path) ? path : readPath(entry)
}

/** The path of a file that must be there. */
export function readPath(entry: Entry): string {
  const path = readText(entry)
  if (existsSync(path)) return path
  if (existsSync(path.replace(/\s+#.*/, ''))) {
    throw new ConfigurationError(
      entry, `${entry.key}: the comment is part of the path, as in mosquitto; put it on a line of its own.`)
  }
  throw new ConfigurationError(entry, `${entry.key}: ${path} does not exist; give the path of a file that does.`)
}

export function readChoice<Choice extends string>(entry: Entry, choices: Record<string, Choice>): Choice {
  if (Object.hasOwn(choices, entry.value)) return choices[entry.value]
  throw new ConfigurationError(
    entry, `${entry.key} is ${entry.value || 'empty'}; say ${Object.keys(choices).join(', ')}.`)
}
