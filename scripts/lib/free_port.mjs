// Ports of this computer that nobody has.
import { createServer } from 'node:net'

/**
 * Where they are looked for: below the ports that systems give to connections of their own (from 32,768 on Linux).
 * A server that is killed and started again on one of those would find a connection in its place now and then.
 */
const FIRST = 15_000
const COUNT = 17_000

/**
 * Takes a port for a moment; fails as a server would that listens there.
 * @param {number} port @param {string} host
 * @returns {Promise<number>}
 */
const tried = (port, host) => new Promise((done, failed) => {
  const server = createServer().once('error', failed)
  server.listen(port, host, () => server.close(() => done(port)))
})

/**
 * The port that is asked for, or any where that is 0.
 * @returns {Promise<number>}
 */
export async function freePort (port = 0, host = '127.0.0.1') {
  if (port) return tried(port, host)
  for (;;) {
    try {
      return await tried(FIRST + Math.floor(Math.random() * COUNT), host)
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    }
  }
}

/**
 * As many, no two the same.
 * @param {number} count
 */
export async function freePorts (count) {
  const ports = new Set()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}
