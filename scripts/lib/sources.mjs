// What bundles are made of, as one number: two builds of the same sources are the same.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bundle.mjs'

/** Files and folders that a build reads; the lock names the versions of its tools. */
const READ = ['boards', 'scripts/build.mjs', 'scripts/lib', 'src', 'package-lock.json', 'package.json', 'tsconfig.json']

function filesUnder (path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path]
  return readdirSync(join(ROOT, path)).sort().flatMap(name => filesUnder(`${path}/${name}`))
}

/** The hash of the names and the bytes of all of them. */
export function sourcesHash () {
  const hash = createHash('sha256')
  for (const path of READ.flatMap(filesUnder)) {
    const bytes = readFileSync(join(ROOT, path))
    hash.update(`${path}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}
