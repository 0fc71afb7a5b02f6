// What a board's tables take: the core is started under typed arrays that count.
import { bundleBoard } from '../build/bundle.mjs'

const ARRAYS = [
  Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array,
  Float64Array,
]

/**
 * A typed-array constructor that reports the bytes it allocates; a view on an existing buffer takes none.
 * @param {any} Base
 * @param {(size: number) => void} report
 */
function countingArray (Base, report) {
  return class extends Base {
    constructor (/** @type {any[]} */ ...args) {
      super(...args)
      if (!(args[0] instanceof ArrayBuffer)) report(this.byteLength)
    }
  }
}

/**
 * The core that is measured: with the passes of what is shipped, which drop the tables that a board has no use for.
 * @type {import('../build/types').BundleOptions}
 */
export const MEASURED = { format: 'factory', minify: true, runtime: 'scripts/lib/idle_port.mjs' }

/**
 * Bytes of typed arrays that the core of a board holds when it has started.
 * @param {string} boardName
 */
export async function coreRam (boardName) {
  const { code } = await bundleBoard(boardName, MEASURED)
  let bytes = 0
  const arrays = ARRAYS.map(Base => countingArray(Base, size => { bytes += size }))
  const names = ARRAYS.map(Base => Base.name)
  const body = `${code.replace('export function createCore', 'function createCore')}\nreturn createCore()`
  const core = new Function(...names, body)(...arrays)
  core.brokerStart()
  return bytes
}
