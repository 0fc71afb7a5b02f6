// One of mosquitto's tests: a program of Python that starts the broker by itself and ends with 0 when all is well.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The longest of them take two and a half minutes by mosquitto's own pauses. */
const TEST_MS_MAX = 300_000
/** A test that fails is given as many tries as mosquitto's own runner gives it, as many count on pauses. */
const TRIES = 2
const PORT_FIRST = 18_880
/** What a test ends with that lacks something on this computer. */
const STATUS_NOT_RUN = 77
/** Ports that a test may take from its first on. */
const PORTS_PER_WORKER = 8

/**
 * @param {string} folder @param {string[]} parameters @param {boolean} isAnyWords
 * @returns {Promise<{ passed: boolean, output: string, needs?: string }>}  `needs`: why it did not run
 */
function runOnce (folder, parameters, isAnyWords) {
  return new Promise(resolve => {
    const python = spawn('python3', parameters, {
      cwd: join(folder, 'test/broker'), stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, BUILD_ROOT: folder, ...isAnyWords ? { ANY_WORDS: '1' } : {} },
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
      resolve({ passed: code === 0, output, needs: code === STATUS_NOT_RUN ? output.trim() : undefined })
    })
  })
}

/**
 * @param {string} folder  what `layOut` made
 * @param {{ name: string, ports: number, hasStore: boolean }} test
 * @param {number} worker  whose ports it takes
 * @param {boolean} isAnyWords  whether the log may say it in other words
 */
export async function runTest (folder, test, worker, isAnyWords) {
  const port = PORT_FIRST + worker * PORTS_PER_WORKER
  const ports = Array.from({ length: test.ports }, (_, index) => String(port + index))
  const parameters = [`./${test.name}.py`, ...test.hasStore ? ['persist_midge'] : [], ...ports]
  let result = await runOnce(folder, parameters, isAnyWords)
  for (let tries = 1; tries < TRIES && !result.passed && !result.needs; tries++) {
    result = await runOnce(folder, parameters, isAnyWords)
  }
  return result
}
