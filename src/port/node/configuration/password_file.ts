// password_file: a line a user, `name:hash`, as mosquitto_passwd and `midge-mqtt passwd` write it.
import {
  closeSync, existsSync, fchmodSync, fchownSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { credentialParse } from '../credential'
import { ConfigurationError, ConfigurationErrors, type Place, readLines } from './entries'
import type { UserPassword } from '../library/api'

/** A folder's bit by which what is made in it is of its own group. */
const HANDS_GROUP_ON = 0o2000

/** Hashes by user. */
export function readPasswordFile(path: string, from: Place): Record<string, UserPassword> {
  const users: [string, UserPassword][] = []
  const errors: ConfigurationError[] = []
  for (const { text, line } of readLines(path, from)) {
    const place = { file: path, line }
    const at = text.indexOf(':')
    const hash = text.slice(at + 1)
    // The line itself is not repeated: logs are no place for it.
    if (at < 1) errors.push(new ConfigurationError(place, 'this is no user; a line is a name, a colon and a hash.'))
    else if (credentialParse(hash)) users.push([text.slice(0, at), { hash }])
    else {
      errors.push(new ConfigurationError(
        place, 'the hash is in no form that Midge knows; write the line with `midge-mqtt passwd`.'))
    }
  }
  if (errors.length) throw new ConfigurationErrors(errors)
  return Object.fromEntries(users)
}

/** Gives a new file the owner and the group of an old one; false: this user may not. */
function ownerKeep(handle: number, old: Stats): boolean {
  try {
    fchownSync(handle, old.uid, old.gid)
    return true
  } catch {
    return false
  }
}

/**
 * Replaces a file by another content, all or nothing. Who could read it still can. A new one is its owner's alone, and
 * its group's where the folder hands its group on: that of the user who runs the broker.
 */
export function replaceFile(path: string, content: string): void {
  const folder = statSync(dirname(path), { throwIfNoEntry: false })
  if (!folder) throw new Error(`${dirname(path)} does not exist; make this folder first.`)
  const old = statSync(path, { throwIfNoEntry: false })
  const temporary = `${path}.${process.pid}.new`
  const handle = openSync(temporary, 'w', 0o600)
  writeSync(handle, content)
  if (!old) fchmodSync(handle, folder.mode & HANDS_GROUP_ON ? 0o640 : 0o600)
  else if (ownerKeep(handle, old)) fchmodSync(handle, old.mode & 0o777)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(temporary, path)
}

/** Sets a user's hash, or takes the user out where it is null. Answers whether the user was there before. */
export function writePasswordFile(path: string, user: string, hash: string | null): boolean {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  const others = lines.filter((line) => !line.startsWith(`${user}:`))
  replaceFile(path, [...others, ...hash === null ? [] : [`${user}:${hash}`]].map((line) => `${line}\n`).join(''))
  return others.length < lines.length
}
