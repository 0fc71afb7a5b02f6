// The broker's page as files need it: dist/dashboard/page.html.gz, made of src/dashboard where that has changed.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFresh, replaceFile } from './fresh.mjs'
import { ROOT } from './root.mjs'

const PAGE = join(ROOT, 'dist', 'dashboard', 'page.html.gz')

/** Bytes that the compressed page may have: a board keeps it in its flash beside everything else. */
export const DASHBOARD_SIZE_MAX = 24_000

/** The page's bytes, HTML that gzip has compressed. */
export async function dashboardFresh () {
  await buildFresh(PAGE, async () => {
    // Loaded where it is needed: compilers.
    const { dashboardCompressed } = await import('./dashboard_build.mjs')
    await replaceFile(PAGE, await dashboardCompressed())
  })
  return readFile(PAGE)
}

/** The module that has the page beside the gateway's library. */
export async function dashboardModule () {
  const page = await dashboardFresh()
  return `// HTML, compressed by gzip, in Base64.\nexport const page = '${page.toString('base64')}'\n`
}
