// Several bundles, made side by side: each takes seconds of one core.
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { bundleBoard, isKept } from './bundle.mjs'

/** A board's name and what its bundle is made of. */
/** @typedef {[boardName: string, options: import('./types').BundleOptions]} Request */

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url))
/** More of them would warm up for nothing: the compilers take two seconds to become fast. */
const WORKERS_MAX = 4

/**
 * A process that makes one bundle after the other.
 * @param {() => Request | undefined} next
 * @returns {Promise<void>}
 */
function work (next) {
  const child = fork(WORKER)
  return new Promise((resolve, reject) => {
    const send = () => {
      const request = next()
      if (request) child.send(request)
      else child.disconnect()
    }
    child.on('message', (/** @type {string | null} */ error) => {
      if (error !== null) reject(new Error(error))
      send()
    })
    child.once('error', reject)
    child.once('exit', code => code === 0 ? resolve() : reject(new Error(`a build has ended with ${code}`)))
    send()
  })
}

/**
 * Makes bundles that are not kept in a process beside this one, which can do something else meanwhile.
 * @param {Request[]} requests
 */
export async function makeBeside (requests) {
  const missing = requests.filter(([boardName, options]) => !isKept(boardName, options))
  if (missing.length > 0) await work(() => missing.shift())
}

/**
 * Sees to it that bundles are kept: who asks for one of them later does not wait.
 * @param {Request[]} requests
 */
export async function makeBundles (requests) {
  const unique = new Map(requests.map(request => [JSON.stringify(request), request]))
  const missing = [...unique.values()].filter(([boardName, options]) => !isKept(boardName, options))
  if (missing.length === 1) await bundleBoard(...missing[0])
  if (missing.length < 2) return
  const count = Math.min(missing.length, WORKERS_MAX, availableParallelism())
  await Promise.all(Array.from({ length: count }, () => work(() => missing.shift())))
}
