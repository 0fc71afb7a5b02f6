// psk_file: keys that clients and the broker share for TLS, a line each: `identity:key in hexadecimal`.
import { ConfigurationError, ConfigurationErrors, type Place, readLines } from './entries'

/** Keys by identity, in hexadecimal. */
export function readPskFile(path: string, from: Place): Record<string, string> {
  const keys: [string, string][] = []
  const errors: ConfigurationError[] = []
  for (const { text, line } of readLines(path, from)) {
    const [, identity, key] = /^([^:]+):((?:[0-9a-f]{2})+)$/i.exec(text) ?? []
    // The line itself is not repeated: logs are no place for it.
    if (identity) keys.push([identity, key])
    else {
      errors.push(new ConfigurationError(
        { file: path, line }, 'this is no key; a line is an identity, a colon and a key in hexadecimal.'))
    }
  }
  if (errors.length) throw new ConfigurationErrors(errors)
  return Object.fromEntries(keys)
}
