// Builds dist/flasher.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import nodeResolve from '@rollup/plugin-node-resolve'
import typescript from '@rollup/plugin-typescript'
import { rollup } from 'rollup'
import { minify } from 'terser'
import { shippedOptions } from '../build/edition.mjs'
import { makeBundles } from '../build/many.mjs'
import { distFresh, extensionsBeside } from './dist.mjs'
import { FLASHER } from './flasher.mjs'
import { moduleOf } from './node_module.mjs'
import { ROOT } from './root.mjs'

const WEB = join(ROOT, 'src', 'web')
const STATIC = ['index.html', 'flasher.css', 'midge.svg']

/**
 * TypeScript to what browsers run; the type check is a command of its own. The bundles of boards have their types taken
 * off by a faster way (scripts/build/sources.mjs), where a compiler's host would take longer than all passes.
 */
const pageTypescript = () => typescript({
  tsconfig: false,
  include: [join(ROOT, 'src/**/*.ts'), join(ROOT, 'test/**/*.ts')],
  compilerOptions: {
    target: 'ES2022', module: 'ESNext', moduleResolution: 'Bundler', noCheck: true, skipLibCheck: true,
    noResolve: true, types: [], lib: ['es2022', 'dom'],
  },
})

const minified = {
  name: 'midge-minified',
  renderChunk: async (/** @type {string} */ code) =>
    (await minify(code, { module: true, format: { comments: false } })).code ?? '',
}

/**
 * Modules for browsers from an entry of the repository; what is loaded on demand becomes files of their own.
 * @param {string} entry
 * @param {string} name
 */
export async function browserModules (entry, name) {
  const build = await rollup({
    input: { [name]: join(ROOT, entry) },
    plugins: [
      nodeResolve({ browser: true, extensions: ['.ts', '.mjs', '.js', '.json'] }),
      commonjs(),
      json({ compact: true }),
      pageTypescript(),
      minified,
    ],
    onwarn: warning => { throw new Error(warning.message) },
  })
  const { output } = await build.generate({ format: 'es', chunkFileNames: 'loaders/[name].js' })
  await build.close()
  return output.flatMap(chunk => chunk.type === 'chunk' ? [{ fileName: chunk.fileName, code: chunk.code }] : [])
}

/** The module of src/flash. @typedef {typeof import('../../src/flash/index')} Flash */
/** @typedef {Flash['CHIP_LAYOUTS'][number]} Layout */

/**
 * The parts of a chip's flash by their files; without `data` those of a release of Espruino.
 * @param {Flash} flash
 * @param {Layout} layout
 * @param {Uint8Array} broker
 */
function manifestParts (flash, layout, broker) {
  const empty = new Uint8Array()
  const { files: [names], partitions } = layout
  const release = { bootloader: empty, partitionTable: empty, firmware: empty, version: '', partitions }
  const parts = flash.partList(layout, release, flash.storageBuild([], broker))
  const { bootloader, partitionTable, firmware } = names
  /** @type {Partial<Record<string, string>>} */
  const released = { bootloader, 'partition table': partitionTable, firmware }
  return parts.map(({ name, address, data }) => released[name]
    ? { path: `firmware/${layout.board}/${released[name]}`, offset: address, data: undefined }
    : { path: `parts/${layout.board}/${name}.bin`, offset: address, data })
}

/**
 * ESP Web Tools' manifest: a board that was flashed by it opens its own Wi-Fi until it has a configuration. The paths
 * of Espruino's files are those of a release unpacked into firmware/<board>/.
 * @param {Flash} flash
 * @param {Map<string, Uint8Array>} brokers
 */
async function writeManifest (flash, brokers) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const builds = []
  for (const layout of flash.CHIP_LAYOUTS) {
    const parts = manifestParts(flash, layout, /** @type {Uint8Array} */ (brokers.get(layout.board)))
    for (const { path, data } of parts) {
      if (!data) continue
      await mkdir(dirname(join(FLASHER, path)), { recursive: true })
      await writeFile(join(FLASHER, path), data)
    }
    builds.push({ chipFamily: layout.chip, parts: parts.map(({ path, offset }) => ({ path, offset })) })
  }
  const manifest = { name: 'Midge', version, new_install_prompt_erase: false, builds }
  await writeFile(join(FLASHER, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
}

/** Writes the page's folder. */
export async function writeFlasher () {
  const flash = await moduleOf('src/flash/index.ts')
  // What its host has put into firmware/ stays.
  for (const folder of ['brokers', 'loaders']) await mkdir(join(FLASHER, folder), { recursive: true })
  for (const name of STATIC) await cp(join(WEB, name), join(FLASHER, name))
  const { CHIP_LAYOUTS } = /** @type {Flash} */ (flash)
  const [modules] = await Promise.all([
    browserModules('src/web/main.ts', 'flasher'),
    Promise.all(CHIP_LAYOUTS.map(async ({ board }) => /** @type {import('../build/many.mjs').Request} */ (
      [board, await shippedOptions(board)]))).then(makeBundles),
  ])
  for (const { fileName, code } of modules) await writeFile(join(FLASHER, fileName), code)
  const brokers = new Map()
  for (const { board } of flash.CHIP_LAYOUTS) {
    const bundle = await distFresh(board)
    brokers.set(board, await readFile(bundle))
    await writeFile(join(FLASHER, 'brokers', `${board}.js`), brokers.get(board))
    await mkdir(join(FLASHER, 'brokers', board), { recursive: true })
    for (const [name, data] of await extensionsBeside(bundle)) {
      await writeFile(join(FLASHER, 'brokers', board, `${name}.js`), data)
    }
  }
  await writeManifest(flash, brokers)
}
