// Gateways of a cluster on this computer, a process each.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { distFresh } from '../lib/dist.mjs'

const START_MS_MAX = 60_000

export class Gateway {
  /**
   * @param {string} program  the file of the command line
   * @param {string[]} servers
   * @param {number} port  0: a free one
   * @param {string[]} more  options besides
   */
  constructor (program, servers, port, more = []) {
    this.program = program
    this.servers = servers
    this.port = port
    this.metricsPort = 0
    this.more = more
    /** @type {string[]} */
    this.lines = []
    /** @type {import('node:child_process').ChildProcess | null} */
    this.process = null
  }

  /** Ends when it listens; rejects with what it said where it does not. */
  async start () {
    const reference = this.port ? ['--cluster-reference', `127.0.0.1:${this.port}`] : []
    const child = spawn(process.execPath, [
      this.program, '--cluster', this.servers.join(','), '--port', String(this.port), '--metrics', '0', ...reference,
      ...this.more,
    ], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process = child
    this.lines = []
    const lines = createInterface({ input: child.stdout })
    createInterface({ input: child.stderr }).on('line', line => this.lines.push(line))
    await new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail('it did not start in time'), START_MS_MAX)
      const fail = (/** @type {string} */ why) => {
        clearTimeout(limit)
        reject(new Error([why, ...this.lines].join('\n')))
      }
      child.once('exit', () => fail('it has ended'))
      lines.on('line', line => {
        this.lines.push(line)
        const port = /listens on .* port (\d+)/.exec(line)
        if (port) this.port = Number(port[1])
        const metrics = /metrics on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)
        if (!metrics) return
        this.metricsPort = Number(metrics[1])
        clearTimeout(limit)
        resolve(undefined)
      })
    })
  }

  /** @param {NodeJS.Signals} signal */
  signal (signal) {
    this.process?.kill(signal)
  }

  /** Ends it, and waits until it is over. @param {NodeJS.Signals} signal */
  async end (signal) {
    const child = this.process
    this.process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const over = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await over
  }
}

/** The command line of the gateway, built where sources have changed. */
export const gatewayProgram = async () => join(dirname(await distFresh('host')), 'cli.js')
