// password_file: a line a user, `name:hash`, as mosquitto_passwd and `midge-mqtt passwd` write it.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { credentialParse } from '../credential'
import { ConfigurationError, type Place, readLines } from './entries'
import type { UserPassword } from '../library/api'

/** Hashes by user. */
export function readPasswordFile(path: string, from: Place): Record<string, UserPassword> {
  const users: [string, UserPassword][] = []
  for (const { text, line } of readLines(path, from)) {
    const place = { file: path, line }
    const at = text.indexOf(':')
    const hash = text.slice(at + 1)
    if (at < 1) throw new ConfigurationError(place, 'this is no user; a line is a name, a colon and a hash.')
    // The hash itself is not repeated: logs are no place for it.
    if (!credentialParse(hash)) {
      throw new ConfigurationError(
        place, 'the hash is in no form that Midge knows; write the line with `midge-mqtt passwd`.')
    }
    users.push([text.slice(0, at), { hash }])
  }
  return Object.fromEntries(users)
}

/** Replaces a file by another content, all or nothing, readable for its owner alone. */
function replaceFile(path: string, content: string): void {
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : 0o600
  const temporary = `${path}.${process.pid}.new`
  const handle = openSync(temporary, 'w', mode)
  writeSync(handle, content)
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
