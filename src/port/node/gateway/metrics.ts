// A small HTTP server for those who watch: /metrics in Prometheus' text format, /health for whoever restarts programs.
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VERSION } from '../../../version'
import type { BridgeStatistics, Broker, ClusterStatistics } from '../library/api'
import { type Metric, type Sample, metricText } from './metric'
import {
  BRIDGES, BUILD, CLUSTER, CPU, FULL, FULL_PREFIX, RESIDENT, STARTED, STATISTICS,
} from './metric_list'

/** Where it listens: this computer's own address unless told; * is every address. */
export interface MetricsAddress { host?: string, port: number }

const metric = ([name, type, help]: [string, Metric['type'], string], ...samples: Sample[]): Metric =>
  ({ name, type, help, samples })

function statisticsMetrics(statistics: Record<string, number>): Metric[] {
  const full = Object.entries(statistics).filter(([name]) => name.startsWith(FULL_PREFIX))
    .map(([name, value]) => ({ labels: { resource: name.slice(FULL_PREFIX.length) }, value }))
  const others = Object.entries(STATISTICS).map(([name, line]) => metric(line, { value: statistics[name] }))
  return [...others, metric(FULL, ...full)]
}

function bridgesMetrics(bridges: BridgeStatistics[]): Metric[] {
  if (!bridges.length) return []
  return Object.entries(BRIDGES).map(([key, line]) => metric(line, ...bridges.map((bridge) =>
    ({ labels: { bridge: bridge.name }, value: Number(bridge[key as keyof BridgeStatistics]) }))))
}

/** How it is with the cluster, where there is one. */
function clusterMetrics(cluster: ClusterStatistics | null): Metric[] {
  if (!cluster) return []
  return Object.entries(CLUSTER).map(([key, line]) =>
    metric(line, { value: Number(cluster[key as keyof ClusterStatistics]) }))
}

function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage()
  return [
    metric(BUILD, { labels: { version: VERSION, node: process.versions.node }, value: 1 }),
    metric(RESIDENT, { value: process.memoryUsage.rss() }),
    metric(CPU, { value: (user + system) / 1e6 }),
    metric(STARTED, { value: performance.timeOrigin / 1_000 }),
  ]
}

const metricsText = (broker: Broker): string =>
  [...statisticsMetrics(broker.statistics()), ...bridgesMetrics(broker.bridges()), ...clusterMetrics(broker.cluster()),
    ...processMetrics()]
    .map(metricText).join('')

/** What the system says of an address that cannot be had, as one sentence. */
function listenError(where: string, { code, message }: NodeJS.ErrnoException): Error {
  const why: Record<string, string> = {
    EADDRINUSE: 'is in use: choose another port', EACCES: 'needs more rights: choose a port from 1024 on',
    EADDRNOTAVAIL: 'is no address of this computer: choose another one', ENOTFOUND: 'is no address: choose another one',
  }
  const known = why[code ?? '']
  return new Error(known ? `${where} ${known} with --metrics.` : `${where}: ${message}`)
}

/** Serves the numbers; answers the server and where they are. Rejects with a sentence where it cannot. */
export function serveMetrics(
  broker: Broker, { host = '127.0.0.1', port }: MetricsAddress,
): Promise<{ server: Server, url: string }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end()
    else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(metricsText(broker))
    } else if (path === '/health') {
      // A gateway that refuses what is to be acknowledged is no place to send clients to.
      const cluster = broker.cluster()
      const isAway = cluster?.isReady === false
      const clients = broker.statistics()['clients/connected']
      response.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: isAway ? 'engine away' : 'ok', clients, ...cluster }))
    } else response.writeHead(404).end()
  })
  const shown = host.includes(':') ? `[${host}]` : host
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(`${shown}:${port}`, error)))
    server.listen({ port, host: host === '*' ? undefined : host }, () =>
      resolve({ server, url: `http://${shown}:${(server.address() as AddressInfo).port}/metrics` }))
  })
}
