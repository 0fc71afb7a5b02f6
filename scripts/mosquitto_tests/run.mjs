// One of mosquitto's tests: a program of Python that starts the broker by itself and ends with 0 when all is well.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The longest of them take a minute by mosquitto's own pauses. */
const TEST_MS_MAX = 120_000
/** A test that fails is given as many tries as mosquitto's own runner gives it, as many count on pauses. */
const TRIES = 2
const PORT_FIRST = 18_880
/** Ports that a test may take from its first on. */
const PORTS_PER_WORKER = 8

/** @param {string} folder @param {string[]} parameters @returns {Promise<{ passed: boolean, output: string }>} */
function runOnce (folder, parameters) {
  return new Promise(resolve => {
    const python = spawn('python3', parameters, {
      cwd: join(folder, 'test/broker'), stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, BUILD_ROOT: folder },
      detached: true,
    })
    let output = ''
    for (const stream of [python.stdout, python.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', text => { output = (output + text).slice(-20_000) })
    }
    // The group: a test that is ended leaves its brokers behind.
    const end = () => {
      try {
        process.kill(-/** @type {number} */ (python.pid), 'SIGKILL')
      } catch { /* It is gone. */ }
    }
    const timer = setTimeout(() => { output += '\ntook too long'; end() }, TEST_MS_MAX)
    python.once('error', error => { output += error.message })
    python.once('close', code => {
      clearTimeout(timer)
      end()
      resolve({ passed: code === 0, output })
    })
  })
}

/**
 * @param {string} folder  what `layOut` made
 * @param {{ name: string, ports: number, hasStore: boolean }} test
 * @param {number} worker  whose ports it takes
 */
export async function runTest (folder, test, worker) {
  const port = PORT_FIRST + worker * PORTS_PER_WORKER
  const ports = Array.from({ length: test.ports }, (_, index) => String(port + index))
  const parameters = [`./${test.name}.py`, ...test.hasStore ? ['persist_midge'] : [], ...ports]
  let result = await runOnce(folder, parameters)
  for (let tries = 1; tries < TRIES && !result.passed; tries++) result = await runOnce(folder, parameters)
  return result
}
