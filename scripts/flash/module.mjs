// src/flash as a module that Node can load.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleBoard, ROOT } from '../lib/bundle.mjs'

/** The module, built from its sources as they are now. */
export async function loadFlash () {
  const { code } = await bundleBoard('host', { entry: 'src/flash/index.ts', format: 'module', minify: false })
  const folder = join(ROOT, '.cache')
  await mkdir(folder, { recursive: true })
  // Its own name for each process: two may run at once.
  const file = join(folder, `flash-${process.pid}.mjs`)
  await writeFile(file, code)
  try {
    return await import(pathToFileURL(file).href)
  } finally {
    await rm(file)
  }
}
