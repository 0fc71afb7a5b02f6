// Three gateways that are one broker, with the settings that Eclipse Paho's suite asks of a server: see
// test/interop/paho_gateway.ts for what they are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Door } from './door.mjs'
import { Gateway, gatewayProgram } from './gateways.mjs'
import { NatsServers } from './nats_servers.mjs'

const COUNT = 3
const ACL = ['topic readwrite #', 'topic readwrite $TopicA/#', 'topic deny test/nosubscribe', '']

export class PahoGateways {
  /**
   * @param {'random' | 'moving'} way
   * @param {string} version  the suite's
   */
  constructor (way, version) {
    this.way = way
    // As mosquitto does, a gateway refuses clients of 3.1.1 that want more.
    this.keepAlive = version === '5.0' ? 'max_keepalive 60' : ''
    this.servers = new NatsServers()
    this.folder = mkdtempSync(join(tmpdir(), 'midge-paho-'))
    /** @type {Gateway[]} */
    this.gateways = []
    /** @type {Door | null} */
    this.door = null
  }

  /** Answers the port. */
  async startForSuite () {
    const acl = join(this.folder, 'acl')
    const file = join(this.folder, 'midge.conf')
    writeFileSync(acl, ACL.join('\n'))
    writeFileSync(file, [
      'allow_anonymous true', `acl_file ${acl}`, this.keepAlive, 'max_inflight_messages 20', '',
    ].join('\n'))
    const program = await gatewayProgram()
    await this.servers.start(COUNT)
    this.gateways = Array.from({ length: COUNT }, () => new Gateway(program, this.servers.urls, 0, ['--config', file]))
    await Promise.all(this.gateways.map(gateway => gateway.start()))
    this.door = new Door(this.gateways.map(({ port }) => port), this.way)
    return this.door.listen()
  }

  async stop () {
    this.door?.close()
    await Promise.all(this.gateways.map(gateway => gateway.end('SIGTERM')))
    await this.servers.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
