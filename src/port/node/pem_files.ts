// PEM files that options name, as TLS takes them.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A file's bytes; undefined: none is named. Throws where it cannot be read. */
export const pemOf = (file: string | undefined): Buffer | undefined =>
  file === undefined ? undefined : readFileSync(file)

/** The authorities of a file and of a folder's files; undefined: none are named. Throws where one cannot be read. */
export function authoritiesOf({ cafile, capath }: { cafile?: string, capath?: string }): Buffer[] | undefined {
  if (cafile === undefined && capath === undefined) return undefined
  const files = capath === undefined
    ? []
    : readdirSync(capath).filter((name) => /\.(crt|pem)$/.test(name)).map((name) => join(capath, name))
  return [...cafile === undefined ? [] : [cafile], ...files].map((file) => readFileSync(file))
}
