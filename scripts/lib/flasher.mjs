// dist/flasher/: the page that flashes a board from a browser, with everything that it needs, for any web host.
import { join } from 'node:path'
import { buildFresh } from './fresh.mjs'
import { ROOT } from './root.mjs'

export const FLASHER = join(ROOT, 'dist', 'flasher')

/**
 * Sees to it that dist/flasher is what the sources make; answers its folder.
 * @param {(line: string) => void} [tell]  is told when that takes a while
 */
export async function flasherFresh (tell = () => undefined) {
  await buildFresh(join(FLASHER, 'flasher.js'), async () => {
    tell('midge: builds the page and the bundle of each chip: half a minute, once for these sources')
    // Loaded where it is needed: compilers.
    const { writeFlasher } = await import('./flasher_build.mjs')
    await writeFlasher()
  })
  return FLASHER
}
