// NATS servers with JetStream on this computer: several are a cluster of their own, with a cut between each two.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../lib/free_port.mjs'
import { Passage } from './passage.mjs'

const START_MS_MAX = 30_000
/** A port that nobody listens on: servers tell each other of addresses that go round the cuts. */
const NOWHERE = '127.0.0.1:1'

/** Why there are none; '' where there are. */
export const natsMissing = spawnSync('nats-server', ['--version']).status === 0
  ? ''
  : 'nats-server is not installed: apt install nats-server, or https://github.com/nats-io/nats-server/releases'

const wait = (/** @type {number} */ ms) => new Promise(resolve => setTimeout(resolve, ms))

const answers = (/** @type {number} */ port) => new Promise(resolve => {
  const socket = connect(port, '127.0.0.1')
  socket.once('data', () => resolve(true))
  socket.once('error', () => resolve(false))
  socket.once('close', () => resolve(false))
  setTimeout(() => socket.destroy(), 1_000).unref()
}).then(isThere => isThere)

export class NatsServers {
  constructor () {
    this.folder = mkdtempSync(join(tmpdir(), 'midge-nats-'))
    /** @type {(import('node:child_process').ChildProcess | null)[]} */
    this.programs = []
    /** @type {number[]} */
    this.ports = []
    /** By the numbers of two servers. @type {Map<string, Passage>} */
    this.cuts = new Map()
  }

  get urls () {
    return this.ports.map(port => `nats://127.0.0.1:${port}`)
  }

  /** @param {number} count */
  async start (count) {
    const ports = await freePorts(count * 2)
    this.ports = ports.slice(0, count)
    const routes = ports.slice(count)
    for (let from = 0; from < count; from++) {
      const addresses = []
      for (let to = 0; to < count; to++) {
        if (from === to) continue
        const cut = new Passage(() => routes[to])
        this.cuts.set(`${from} ${to}`, cut)
        addresses.push(`"nats-route://127.0.0.1:${await cut.listen()}"`)
      }
      this.configure(from, routes[from], addresses, count)
    }
    await Promise.all(this.ports.map((_port, i) => this.run(i)))
  }

  /**
   * @param {number} number
   * @param {number} route
   * @param {string[]} addresses
   * @param {number} count
   */
  configure (number, route, addresses, count) {
    const store = join(this.folder, `store-${number}`)
    mkdirSync(store)
    const cluster = count < 2 ? [] : [
      'cluster {', '  name: midge', `  listen: "127.0.0.1:${route}"`, `  advertise: "${NOWHERE}"`,
      '  no_advertise: true', `  routes: [${addresses.join(', ')}]`, '}',
    ]
    writeFileSync(this.configuration(number), [
      `server_name: midge-${number}`, `listen: "127.0.0.1:${this.ports[number]}"`, 'lame_duck_duration: "30s"',
      `jetstream { store_dir: "${store}", max_mem: 256M, max_file: 4G }`, ...cluster, '',
    ].join('\n'))
  }

  /** @param {number} number */
  configuration (number) {
    return join(this.folder, `nats-${number}.conf`)
  }

  /** Starts one, again or for the first time. @param {number} number */
  async run (number) {
    const program = spawn('nats-server', ['-c', this.configuration(number), '-l', join(this.folder, `${number}.log`)],
      { stdio: 'ignore' })
    this.programs[number] = program
    for (const limit = Date.now() + START_MS_MAX; !await answers(this.ports[number]); await wait(50)) {
      if (Date.now() > limit || program.exitCode !== null) throw new Error(`nats-server ${number} did not start`)
    }
  }

  /**
   * Ends one, and waits until it is over.
   * @param {number} number
   * @param {NodeJS.Signals} signal
   */
  async end (number, signal) {
    const program = this.programs[number]
    this.programs[number] = null
    if (!program || program.exitCode !== null || program.signalCode !== null) return
    const over = new Promise(resolve => program.once('exit', resolve))
    program.kill(signal)
    await over
  }

  /**
   * Cuts the network between two, or mends it.
   * @param {number} one
   * @param {number} other
   * @param {boolean} isCut
   */
  cut (one, other, isCut) {
    this.cuts.get(`${one} ${other}`)?.cut(isCut)
    this.cuts.get(`${other} ${one}`)?.cut(isCut)
  }

  async stop () {
    await Promise.all(this.programs.map((_program, i) => this.end(i, 'SIGKILL')))
    for (const cut of this.cuts.values()) cut.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
