// Before any test of a board runs: its bundles. They are made anew when something that they are made of has changed.

import { bundleFor } from '../../scripts/build/edition.mjs'
import { buildFresh, replaceFile, sourcesHash } from '../../scripts/lib/fresh.mjs'
import { BUNDLES, bundleFile, type BundleName } from './board_bundle'

async function buildBundle(name: BundleName): Promise<void> {
  const { board, overrides } = BUNDLES[name]
  const { code } = await bundleFor(board, overrides) as { code: string }
  await replaceFile(bundleFile(name), code)
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  const hash = sourcesHash(JSON.stringify(BUNDLES))
  for (const name of Object.keys(BUNDLES) as BundleName[]) {
    await buildFresh(bundleFile(name), () => buildBundle(name), hash)
  }
}
