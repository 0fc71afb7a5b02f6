// Builds the broker's page of src/dashboard: one file of HTML with its program and its style in it.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import nodeResolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import { minify } from 'terser'
import { stripTypes } from '../build/typescript.mjs'
import { DASHBOARD_SIZE_MAX } from './dashboard.mjs'
import { ROOT } from './root.mjs'

const FOLDER = join(ROOT, 'src', 'dashboard')

const typesOff = {
  name: 'midge-types-off',
  transform: (/** @type {string} */ code, /** @type {string} */ id) => ({ code: stripTypes(code, id), map: null }),
}

/** The page's program, one module that loads nothing. */
async function programText () {
  const build = await rollup({
    input: join(FOLDER, 'main.ts'),
    plugins: [nodeResolve({ browser: true, extensions: ['.ts'] }), typesOff],
    onwarn: warning => { throw new Error(warning.message) },
  })
  const { output: [chunk] } = await build.generate({ format: 'es', inlineDynamicImports: true })
  await build.close()
  const { code = '' } = await minify(chunk.code, {
    module: true, ecma: 2020, compress: { passes: 2 }, format: { comments: false },
  })
  // In a script of HTML nothing may look like its end.
  return code.trim().replace(/<(?=\/script|!--)/gi, '\\x3c')
}

/** How the policy names a text that may run or be applied. @param {string} text */
const hashOf = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** A style without what only people read. @param {string} style */
const styleMinified = style => style
  .replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*([{};,>])\s*/g, '$1').replace(/:\s+/g, ':').replace(/;}/g, '}').trim()

/** Markup without what only people read; between words a space stays. @param {string} markup */
const markupMinified = markup => markup.replace(/<!--[\s\S]*?-->/g, '').replace(/\n+/g, '\n')

/** The page, UTF-8. */
export async function dashboardPage () {
  const [markup, style, program] = await Promise.all([
    readFile(join(FOLDER, 'index.html'), 'utf8'), readFile(join(FOLDER, 'dashboard.css'), 'utf8'), programText(),
  ])
  /** @type {Record<string, string>} */
  const parts = { style: styleMinified(style), program, policy: '' }
  parts.policy = `default-src 'none'; script-src ${hashOf(program)}; style-src ${hashOf(parts.style)}; `
    + 'img-src data:; connect-src \'self\'; form-action \'none\'; base-uri \'none\''
  return markupMinified(markup).replace(/\{\{(\w+)\}\}/g, (_all, name) => parts[name])
}

/** The page as it is sent, compressed; the same bytes for the same sources. Throws where it is too large. */
export async function dashboardCompressed () {
  const compressed = gzipSync(await dashboardPage(), { level: 9 })
  // The system's number says which one compressed it.
  compressed[9] = 255
  if (compressed.length > DASHBOARD_SIZE_MAX) {
    throw new Error(`the broker's page has ${compressed.length} bytes, its budget is ${DASHBOARD_SIZE_MAX}`)
  }
  return compressed
}
