// The library for programs that say require(): the modules that were built, as one of CommonJS.
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { rollup } from 'rollup'

/**
 * A built module with those that stand beside it, as CommonJS; packages stay what the program finds.
 * @param {string} folder
 * @param {string} file
 */
export async function commonJs (folder, file) {
  const build = await rollup({
    input: join(folder, file),
    plugins: [{
      name: 'midge-beside',
      resolveId: source => source.startsWith('./') ? join(folder, basename(source))
        : source.startsWith('/') ? source : { id: source, external: true },
      load: id => readFile(id, 'utf8'),
    }],
    onwarn: warning => { throw new Error(warning.message) },
  })
  // A package that only has an ES module is imported from CommonJS too.
  const { output: [chunk] } = await build.generate({ format: 'cjs', interop: 'auto', dynamicImportInCjs: true })
  await build.close()
  return chunk.code
}
