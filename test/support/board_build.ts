// Before any test of a board runs: its bundles. They are made anew when something that they are made of has changed.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleFor } from '../../scripts/lib/edition.mjs'
import { BUNDLES, bundleFile, type BundleName } from './board_bundle'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = ['src', 'boards', 'scripts/lib', 'package-lock.json']

/** What the bundles are made of, as a number. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(JSON.stringify(BUNDLES))
  for (const source of SOURCES) {
    const names = source.includes('.') ? [''] : readdirSync(join(ROOT, source), { recursive: true }) as string[]
    for (const name of names.filter((file) => /\.(ts|mjs|json)$/.test(source + file)).sort()) {
      hash.update(name).update(readFileSync(join(ROOT, source, name)))
    }
  }
  return hash.digest('hex')
}

/** Several runs may stand side by side: nobody may read half a file. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.${process.pid}`, text, 'latin1')
  await rename(`${file}.${process.pid}`, file)
}

async function buildBundle(name: BundleName, hash: string): Promise<void> {
  const file = bundleFile(name)
  const stamp = `${file}.made-of`
  if (existsSync(stamp) && readFileSync(stamp, 'latin1') === hash) return
  const { board, overrides } = BUNDLES[name]
  const { code } = await bundleFor(board, overrides) as { code: string }
  await replaceFile(file, code)
  await replaceFile(stamp, hash)
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  const hash = sourcesHash()
  for (const name of Object.keys(BUNDLES) as BundleName[]) await buildBundle(name, hash)
}
