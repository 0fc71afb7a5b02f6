// A small HTTP server for those who watch: /metrics in Prometheus's text format, /health for whoever restarts programs.
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BridgeStatistics, Broker, ClusterStatistics } from '../library/api'

/** Numbers that go up and down; the others only grow. */
const GAUGES = /^clients\/(connected|maximum|total)$|^subscriptions|^retained|^store/

function metricName(name: string): string {
  return `midge_${name.replaceAll(/[ /]/g, '_')}`
}

/** The numbers in Prometheus's format, version 0.0.4. */
export function metricsText(numbers: Record<string, number>): string {
  return Object.entries(numbers).map(([name, value]) => {
    const isGauge = GAUGES.test(name)
    const metric = `${metricName(name)}${isGauge ? '' : '_total'}`
    const type = isGauge ? 'gauge' : 'counter'
    return `# HELP ${metric} $SYS/broker/${name}\n# TYPE ${metric} ${type}\n${metric} ${value}\n`
  }).join('')
}

/** What each bridge has done, by these names: a gauge, or what only grows. */
const BRIDGE_GAUGES = ['isConnected', 'queued', 'queuedBytes', 'queuedSeconds'] as const
const BRIDGE_COUNTERS = [
  'queueDropped', 'sent', 'received', 'refused', 'tooLarge', 'looped', 'dropped', 'connects',
] as const

const snake = (name: string): string => name.replace(/^is/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
  .toLowerCase().replace(/^_/, '')

/** A value of a label, as the format has it. */
const label = (text: string): string => JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, '?')

function bridgeNumbers(bridges: BridgeStatistics[]): string {
  if (!bridges.length) return ''
  return [...BRIDGE_GAUGES, ...BRIDGE_COUNTERS].map((key) => {
    const isGauge = (BRIDGE_GAUGES as readonly string[]).includes(key)
    const metric = `midge_bridge_${snake(key)}${isGauge ? '' : '_total'}`
    const lines = bridges.map((bridge) => `${metric}{bridge=${label(bridge.name)}} ${Number(bridge[key])}\n`)
    return `# TYPE ${metric} ${isGauge ? 'gauge' : 'counter'}\n${lines.join('')}`
  }).join('')
}

/** How it is with the cluster, where there is one. */
function clusterNumbers(cluster: ClusterStatistics | null): string {
  if (!cluster) return ''
  const { isReady, gateways, position, sessions, waiting, published } = cluster
  const gauges = { ready: Number(isReady), gateways, position, sessions, waiting }
  return Object.entries(gauges).map(([name, value]) =>
    `# TYPE midge_cluster_${name} gauge\nmidge_cluster_${name} ${value}\n`).join('')
    + `# TYPE midge_cluster_published_total counter\nmidge_cluster_published_total ${published}\n`
}

function processNumbers(): string {
  const { user, system } = process.cpuUsage()
  return '# TYPE process_resident_memory_bytes gauge\n'
    + `process_resident_memory_bytes ${process.memoryUsage.rss()}\n`
    + '# TYPE process_cpu_seconds_total counter\n'
    + `process_cpu_seconds_total ${(user + system) / 1e6}\n`
}

/** Serves on this computer's own address; answers the server and its port. */
export function serveMetrics(broker: Broker, port: number): Promise<{ server: Server, port: number }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end()
    else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(metricsText(broker.statistics()) + bridgeNumbers(broker.bridges())
        + clusterNumbers(broker.cluster()) + processNumbers())
    } else if (path === '/health') {
      // A gateway that refuses what is to be acknowledged is no place to send clients to.
      const cluster = broker.cluster()
      const isAway = cluster?.isReady === false
      const clients = broker.statistics()['clients/connected']
      response.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: isAway ? 'engine away' : 'ok', clients, ...cluster }))
    } else response.writeHead(404).end()
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}
