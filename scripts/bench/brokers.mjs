// Starts and ends the brokers that are compared, each alone on its core.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = file => fileURLToPath(new URL(file, import.meta.url))
/** The gateway's command line: the built one, or another build to compare with. */
const GATEWAY = process.env.MIDGE_CLI ?? path('../../dist/host/cli.js')
const START_MS_MAX = 5_000

// What is asked of mosquitto: TCP_NODELAY, without which it stalls for 40 ms, and no limits that would drop messages.
const MOSQUITTO_CONFIGURATION = [
  'allow_anonymous true', 'set_tcp_nodelay true', 'max_inflight_messages 0', 'max_queued_messages 0',
  'max_connections -1', 'log_type error',
]

// One thread, as Midge has, and nothing kept back: the same for a broker of C++ that its owner has built.
const FLASHMQ_CONFIGURATION = [
  'allow_anonymous true', 'thread_count 1', 'log_level warning', 'max_qos_msg_pending_per_client 65535',
  'max_qos_bytes_pending_per_client 100000000', 'client_initial_buffer_size 1024',
]

const commands = {
  midge: port => [process.execPath, GATEWAY, '-p', port],
  // The same, and what is acknowledged is on the disk.
  kept: (port, folder) => {
    const file = join(folder, 'midge.conf')
    writeFileSync(file, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true',
      `persistence_location ${folder}`, ''].join('\n'))
    return [process.execPath, GATEWAY, '-c', file]
  },
  mosquitto: (port, folder) => {
    const file = join(folder, 'mosquitto.conf')
    writeFileSync(file, [`listener ${port} 127.0.0.1`, ...MOSQUITTO_CONFIGURATION, ''].join('\n'))
    return [mosquittoPath(), '-c', file]
  },
  flashmq: (port, folder) => {
    const file = join(folder, 'flashmq.conf')
    const listener = `listen {\n  protocol mqtt\n  inet_protocol ip4\n  port ${port}\n  tcp_nodelay true\n}\n`
    writeFileSync(file, [...FLASHMQ_CONFIGURATION, listener].join('\n'))
    return [process.env.FLASHMQ, '--config-file', file]
  },
  aedes: port => [process.execPath, path('./aedes.mjs'), port],
  // No broker: what Node takes to move the bytes.
  relay: port => [process.execPath, path('./relay.mjs'), port],
}

function mosquittoPath () {
  // Debian keeps it where only root's path leads.
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map(folder => join(folder, 'mosquitto')).find(existsSync)
}

/** Names of the brokers that this machine has; FlashMQ is one where FLASHMQ names its program. */
export function brokerNames () {
  const has = { mosquitto: mosquittoPath() !== undefined, flashmq: existsSync(process.env.FLASHMQ ?? '') }
  return ['midge', 'flashmq', 'mosquitto', 'aedes'].filter(name => has[name] ?? true)
}

export const hasTaskset = spawnSync('taskset', ['-V']).status === 0

async function untilListening (port, child) {
  const limit = Date.now() + START_MS_MAX
  for (;;) {
    if (child.exitCode !== null) throw new Error(`a broker ended at once:\n${child.errors}`)
    const socket = connect(port, '127.0.0.1')
    const [answer] = await Promise.race([
      once(socket, 'connect').then(() => ['connected']), once(socket, 'error').catch(error => [error]),
    ]).catch(error => [error])
    socket.destroy()
    if (answer === 'connected') return
    if (Date.now() > limit) throw new Error('a broker does not listen')
    await new Promise(resolve => setTimeout(resolve, 30))
  }
}

/** Another build of the gateway is a broker too. */
export function brokerAdd (name, commandLine) {
  commands[name] = port => [process.execPath, commandLine, '-p', port]
}

/**
 * Starts a broker, on a core where one is named; answers { name, pid, port, stop, output }, the last of which is what
 * it has printed.
 * @param {string} name @param {number} port @param {{ core?: number, nodeOptions?: string[] }} [options]
 */
export async function brokerStart (name, port, { core, nodeOptions = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'midge-bench-'))
  let command = commands[name](String(port), folder)
  if (command[0] === process.execPath) command = [command[0], ...nodeOptions, ...command.slice(1)]
  if (hasTaskset && core !== undefined) command = ['taskset', '-c', String(core), ...command]
  const started = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  const child = Object.assign(started, { errors: '' })
  let output = ''
  child.stdout.on('data', text => { output += text })
  child.stderr.on('data', text => { child.errors += text })
  await untilListening(port, child)
  async function stop () {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  return { name, pid: child.pid, port, stop, output: () => output }
}
