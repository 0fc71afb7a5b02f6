// Runs the gateway: a broker by its options, until a signal ends it.
import { unlinkSync, writeFileSync } from 'node:fs'
import { createBroker } from '../library/broker'
import type { GatewayOptions } from '../configuration/options'
import type { Broker, ClusterEvent, ListenerOptions } from '../library/api'
import { VERSION } from '../../../version'
import { controlServe } from './broker_control'
import { logEvents } from './log_events'
import { linesFlushed } from './log_lines'
import { LogWriter, shown } from './log_writer'
import { type MetricsAddress, serveMetrics } from './metrics'
import { RealmReader } from './realm_files'
import { Reloader } from './reload'
import { asUser, becomeUser, systemUserWanted } from './system_user'
import { Watch } from './watch'

function placeOf({ path, host = '127.0.0.1', port = 1_883 }: ListenerOptions): string {
  return path ?? `${host === '*' ? 'all addresses' : host} port ${port}`
}

/** How a listener is spoken to, where it is not MQTT over TCP. */
function kindOf({ protocol, tls }: ListenerOptions): string {
  const kinds = [protocol === 'websockets' ? 'WebSocket' : '', tls ? 'TLS' : ''].filter(Boolean)
  return kinds.length ? `, ${kinds.join(' over ')},` : ''
}

/** What the system says of a port that cannot be had, as one sentence. */
function listenError(options: ListenerOptions, error: NodeJS.ErrnoException): Error {
  const where = placeOf(options)
  const why: Record<string, string> = {
    EADDRINUSE: `${where} is in use: end the other program, or choose a port with --port.`,
    EACCES: `${where} needs more rights: choose a port from 1024 on with --port.`,
    EADDRNOTAVAIL: `${options.host} is no address of this computer: choose one with --host.`,
  }
  return new Error(why[error.code ?? ''] ?? `${where}: ${error.message}`)
}

function logCluster(log: LogWriter['log'], { state, reason, message }: ClusterEvent): void {
  if (message !== undefined) log('notice', message)
  else if (state === 'good') log('notice', 'the engine of the cluster answers')
  else log('error', 'the engine of the cluster does not answer: QoS 1 and 2 are refused', { reason })
}

/** Has the log tell of the parts that are beside the broker. */
function logParts(broker: Broker, log: LogWriter['log']): void {
  broker.on('bridge', ({ bridge, level, message }) =>
    log(level, message, { bridge }, `bridge ${shown(bridge)}: ${message}`))
  broker.on('mdns', ({ level, message }) => log(level, message))
  broker.on('cluster', (event) => logCluster(log, event))
}

/**
 * Starts the gateway; ends when it listens. Rejects with one sentence where it cannot. `again` reads the options once
 * more, for SIGHUP; it throws a sentence where they are not good.
 */
export async function runGateway(
  options: GatewayOptions, metricsAddress: MetricsAddress | undefined, again: () => GatewayOptions,
): Promise<void> {
  const user = systemUserWanted(options.systemUser?.name)
  const writer = new LogWriter(options.log, user)
  const { log } = writer
  const { allowAnonymous, limits, persistence, spool, bridges, guard, payloadRules, cluster, mdns } = options
  const realms = new RealmReader(options, (sentence, hasFailed) => log(hasFailed ? 'error' : 'notice', sentence))
  const read = realms.read()
  await realms.packagesCheck(read)
  const broker = await asUser(persistence ? user : null, async () => {
    const made = createBroker({
      allowAnonymous, limits, persistence, spool, bridges, guard, payloadRules, cluster, mdns,
      authorize: realms.goAuthJudge?.authorize,
    })
    // Before it is open a bridge may have something to say, and has no more rights than its user.
    logParts(made, log)
    realms.apply(made, read)
    await made.opened()
    return made
  })
  const listeners: ListenerOptions[] = []
  controlServe(broker, { hasControl: options.hasControl, listeners, dynamicSecurity: realms.dynamicSecurity })
  writer.publishBy((topic, line) => void broker.sysPublish(topic, line))
  for (const notice of options.notices) log('notice', notice)
  if (cluster) log('information', `one broker with other gateways, on ${cluster.servers.join(', ')}`)
  if (persistence) log('information', `what is acknowledged is kept in ${persistence.location}`)
  let metrics: Awaited<ReturnType<typeof serveMetrics>> | null = null
  // Before anybody is told that the broker is there, it can be ended in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void finish(signal))
  const watch = new Watch(options, broker, writer, user)
  const reloader = new Reloader(options, again, { broker, realms, writer, watch })
  process.on('SIGHUP', () => reloader.reload())
  if (cluster) process.once('SIGUSR1', () => void drain())
  logEvents(broker, writer)
  for (const listener of options.listeners) {
    const port = await broker.listen(listener).catch((error: Error) => {
      throw listenError(listener, error)
    })
    listeners.push({ ...listener, port })
    log('information', `midge ${VERSION}${kindOf(listener)} listens on ${placeOf({ ...listener, port })}`)
  }
  if (metricsAddress) metrics = await serveMetrics(broker, metricsAddress)
  if (metrics) log('information', `metrics on ${metrics.url}`)
  if (options.pidFile) writeFileSync(options.pidFile.path, `${process.pid}\n`)
  if (user) becomeUser(user)
  async function drain(): Promise<void> {
    log('information', 'SIGUSR1: clients are sent to other gateways')
    await broker.drain()
    await finish('SIGUSR1')
  }
  async function finish(signal: string): Promise<void> {
    log('information', `${signal}: closing`)
    metrics?.server.close()
    await broker.close()
    if (options.pidFile) removeFile(options.pidFile.path)
    await linesFlushed()
    process.exit(0)
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another user owns the folder by now: the file stays and says a number that is free.
  }
}
