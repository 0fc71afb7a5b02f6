// The stand-in chip as the page's browser loads it.
import { fileURLToPath } from 'node:url'
import { buildFresh, replaceFile, sourcesHash } from '../../scripts/lib/fresh.mjs'

export const STAND_IN = fileURLToPath(new URL('../../.cache/web/stand_in.js', import.meta.url))

export const writeStandIn = (): Promise<void> => buildFresh(STAND_IN, async () => {
  const { browserModules } = await import('../../scripts/lib/flasher_build.mjs')
  const [{ code }] = await browserModules('test/web/stand_in.ts', 'stand_in')
  await replaceFile(STAND_IN, Buffer.from(code))
}, sourcesHash('', ['test/web']))
