// `npm run bench -- --cluster`: one, two and three gateways on three NATS servers of this computer, beside the MQTT
// listener that nats-server has itself. All share the computer's cores, so that more gateways cannot bring more here.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../lib/free_port.mjs'
import { Gateway, gatewayProgram } from '../cluster/gateways.mjs'
import { NatsServers, natsMissing } from '../cluster/nats_servers.mjs'
import { formatTable } from '../lib/table.mjs'
import { ClusterClient } from './cluster_client.mjs'

const PAIRS = 6
const WINDOW = 100
const PAYLOAD = Buffer.alloc(64, 'x')
const SESSIONS = [10, 1_000, 10_000]
const RETAINED = [10, 1_000, 10_000]
const AT_ONCE = 100

const wait = (/** @type {number} */ ms) => new Promise(resolve => setTimeout(resolve, ms))

async function connected (port, name, isKept = false) {
  const client = new ClusterClient(port, name, isKept)
  await client.answer()
  return client
}

/** Messages a second that arrive, of pairs whose ends are at different gateways where there are several. */
async function throughput (ports, qos, seconds) {
  const pairs = []
  for (let i = 0; i < PAIRS; i++) {
    const subscriber = await connected(ports[i % ports.length], `bench-s${i}`)
    await subscriber.subscribe(`bench/${i}`, qos)
    pairs.push({ subscriber, publisher: await connected(ports[(i + 1) % ports.length], `bench-p${i}`) })
  }
  // A subscription at QoS 0 has to get about.
  await wait(300)
  let isOver = false
  for (const [i, { publisher, subscriber }] of pairs.entries()) {
    let sent = 0
    const more = () => {
      const isOpen = () => qos ? publisher.open < WINDOW : sent - subscriber.received < WINDOW
      while (!isOver && isOpen()) {
        publisher.publish(`bench/${i}`, PAYLOAD, qos)
        sent++
      }
    }
    publisher.onAcknowledge = more
    subscriber.onMessage = () => { if (!qos) more() }
    more()
  }
  await wait(300)
  const before = pairs.reduce((sum, { subscriber }) => sum + subscriber.received, 0)
  const started = performance.now()
  await wait(seconds * 1_000)
  const rate = (pairs.reduce((sum, { subscriber }) => sum + subscriber.received, 0) - before)
    / (performance.now() - started) * 1_000
  isOver = true
  for (const { publisher, subscriber } of pairs) {
    publisher.end()
    subscriber.end()
  }
  return Math.round(rate)
}

/** Milliseconds from a gateway's death until a client of it is served by another one. */
async function failover (gateways) {
  const [first, second] = gateways
  const client = await connected(first.port, 'bench-moves', true)
  await client.subscribe('bench/moves', 1)
  await wait(1_000)
  const started = performance.now()
  await first.end('SIGKILL')
  for (;;) {
    const again = new ClusterClient(second.port, 'bench-moves', true)
    const isIn = await again.answer().then(answer => answer.returnCode === 0, () => false)
    again.end()
    if (isIn) return Math.round(performance.now() - started)
    await wait(20)
  }
}

async function inTurns (count, work) {
  for (let at = 0; at < count; at += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => work(at + i)))
  }
}

/** What so many sessions cost: each to make, and all to be taken over when their gateway dies. */
async function sessions (gateways, count) {
  const [first, second] = gateways
  const started = performance.now()
  await inTurns(count, async i => {
    const client = await connected(first.port, `bench-${count}-${i}`, true)
    await client.subscribe(`bench/session/${i}`, 1)
    client.end()
  })
  const each = (performance.now() - started) / count
  await wait(1_500)
  const killed = performance.now()
  await first.end('SIGKILL')
  const lines = second.lines.length
  while (!second.lines.slice(lines).some(line => / is over: /.test(line))) await wait(20)
  return [`${each.toFixed(2)} ms`, `${Math.round(performance.now() - killed)} ms`]
}

/** What so many retained messages cost: each to write, and all for a gateway that starts. */
async function retained (gateways, count) {
  const [first, second] = gateways
  const writer = await connected(first.port, 'bench-writer')
  const started = performance.now()
  let sent = 0
  await new Promise(resolve => {
    const more = () => {
      while (sent < count && writer.open < WINDOW) writer.publish(`bench/retained/${sent++}`, PAYLOAD, 1, true)
      if (writer.acknowledged === count) resolve(undefined)
    }
    writer.onAcknowledge = more
    more()
  })
  const each = (performance.now() - started) / count
  writer.end()
  await second.end('SIGTERM')
  const restarted = performance.now()
  await second.start()
  return [`${each.toFixed(2)} ms`, `${Math.round(performance.now() - restarted)} ms`]
}

/** With gateways and servers of its own. */
async function withCluster (count, work) {
  const servers = new NatsServers()
  /** @type {Gateway[]} */
  let gateways = []
  try {
    await servers.start(3)
    const program = await gatewayProgram()
    gateways = Array.from({ length: count }, () => new Gateway(program, servers.urls, 0))
    for (const gateway of gateways) await gateway.start()
    return await work(gateways)
  } finally {
    await Promise.all(gateways.map(gateway => gateway.end('SIGKILL')))
    await servers.stop()
  }
}

/** The engine's own listener of MQTT 3.1.1, on one server. */
async function withListener (work) {
  const folder = mkdtempSync(join(tmpdir(), 'midge-nats-mqtt-'))
  const [port, mqtt] = await freePorts(2)
  const file = join(folder, 'nats.conf')
  writeFileSync(file, [`server_name: alone`, `listen: "127.0.0.1:${port}"`, `jetstream { store_dir: "${folder}" }`,
    `mqtt { listen: "127.0.0.1:${mqtt}" }`, ''].join('\n'))
  const server = spawn('nats-server', ['-c', file], { stdio: 'ignore' })
  try {
    await wait(1_000)
    return await work(mqtt)
  } finally {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {number} seconds */
export async function benchCluster (seconds) {
  if (natsMissing) throw new Error(natsMissing)
  const rows = [['row', 'QoS 0', 'QoS 1']]
  for (const count of [1, 2, 3]) {
    rows.push(await withCluster(count, async gateways => {
      const ports = gateways.map(({ port }) => port)
      return [`${count} gateway(s), messages a second`, String(await throughput(ports, 0, seconds)),
        String(await throughput(ports, 1, seconds))]
    }))
  }
  rows.push(await withListener(async port =>
    ['nats-server\'s own listener, one server', String(await throughput([port], 0, seconds)),
      String(await throughput([port], 1, seconds))]))
  console.log(formatTable(rows))
  const costs = [['row', 'each', 'all']]
  const again = await withCluster(2, failover)
  costs.push(['served again after kill -9', '', `${again} ms`])
  for (const count of SESSIONS) {
    costs.push([`${count} sessions: made, taken over`, ...await withCluster(2, gateways => sessions(gateways, count))])
  }
  for (const count of RETAINED) {
    costs.push([`${count} retained: written, start`, ...await withCluster(2, gateways => retained(gateways, count))])
  }
  console.log(`\n${formatTable(costs)}`)
}
