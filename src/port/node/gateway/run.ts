// Runs the gateway: a broker by its options, until a signal ends it.
import { unlinkSync, writeFileSync } from 'node:fs'
import { createBroker } from '../library/broker'
import type { GatewayOptions } from '../configuration/options'
import type { Broker, ClientEvent, ClusterEvent, ListenerOptions } from '../library/api'
import { LOG_CLOSED, LOG_CONNECTED, LOG_PUBLISH_REFUSED, LOG_REFUSED } from '../../../broker/log_code'
import { logSentence, reasonText } from '../../../log_text'
import { VERSION } from '../../../version'
import { LogWriter, shown } from './log_writer'
import { serveMetrics } from './metrics'
import { RealmReader } from './realm_files'
import { Reloader } from './reload'
import { asUser, becomeUser, systemUserWanted } from './system_user'

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

/** A client, for people: its name, its user and where it is, as far as they are known. */
function whoOf({ clientIdentifier, userName, address }: ClientEvent): string {
  const more = [userName, address].filter((value) => value !== undefined && value !== '').map((value) => shown(value!))
  return `${clientIdentifier ? shown(clientIdentifier) : 'a client'}${more.length ? ` (${more.join(', ')})` : ''}`
}

function logCluster(log: LogWriter['log'], { state, reason, message }: ClusterEvent): void {
  if (message !== undefined) log('notice', message)
  else if (state === 'good') log('notice', 'the engine of the cluster answers')
  else log('error', 'the engine of the cluster does not answer: QoS 1 and 2 are refused', { reason })
}

function logEvents(broker: Broker, writer: LogWriter): void {
  const { log } = writer
  const told = (code: number, message: string) => (event: ClientEvent): void => {
    const { reasonCode, ...fields } = event
    const reason = reasonCode === undefined ? '' : reasonText(reasonCode)
    // The sentence is for people, the code is for programs.
    const why = reasonCode === undefined ? {} : { reason, reasonCode: `0x${reasonCode.toString(16).padStart(2, '0')}` }
    log('notice', message, { ...fields, ...why }, logSentence(code, whoOf(event), fields.version ?? reason))
  }
  const ofConnections = (tell: (event: ClientEvent) => void) => (event: ClientEvent): void => {
    if (writer.hasConnections) tell(event)
  }
  broker.on('connect', ofConnections(told(LOG_CONNECTED, 'client connected')))
  broker.on('disconnect', ofConnections(told(LOG_CLOSED, 'client disconnected')))
  broker.on('refused', told(LOG_REFUSED, 'client refused'))
  broker.on('publishRefused', told(LOG_PUBLISH_REFUSED, 'message refused'))
  broker.on('full', () => log('warning', 'a connection was turned away: no slot is free'))
  broker.on('store', ({ state, reason }) => {
    if (state === 'good') log('notice', 'what is acknowledged can be kept again')
    else if (state === 'full') log('warning', `${reason}: QoS 1 and 2 are refused until there is room`)
    else log('error', 'what clients wait for could not be kept: they were cut off', { reason })
  })
}

/**
 * Starts the gateway; ends when it listens. Rejects with one sentence where it cannot. `again` reads the options once
 * more, for SIGHUP; it throws a sentence where they are not good.
 */
export async function runGateway(
  options: GatewayOptions, metricsPort: number | undefined, again: () => GatewayOptions,
): Promise<void> {
  const user = systemUserWanted(options.systemUser?.name)
  const writer = new LogWriter(options.log, user)
  const { log } = writer
  const { allowAnonymous, limits, persistence, bridges, cluster } = options
  const realms = new RealmReader(options, (sentence, hasFailed) => log(hasFailed ? 'error' : 'notice', sentence))
  const read = realms.read()
  await realms.packagesCheck(read)
  const broker = await asUser(persistence ? user : null, async () => {
    const made = createBroker({ allowAnonymous, limits, persistence, bridges, cluster })
    // Before it is open a bridge may have something to say, and has no more rights than its user.
    made.on('bridge', ({ bridge, level, message }) =>
      log(level, message, { bridge }, `bridge ${shown(bridge)}: ${message}`))
    made.on('cluster', (event) => logCluster(log, event))
    made.realmsSet(read)
    await made.opened()
    return made
  })
  realms.serve(broker)
  for (const notice of options.notices) log('notice', notice)
  if (cluster) log('information', `one broker with other gateways, on ${cluster.servers.join(', ')}`)
  if (persistence) log('information', `what is acknowledged is kept in ${persistence.location}`)
  let metrics: Awaited<ReturnType<typeof serveMetrics>> | null = null
  // Before anybody is told that the broker is there, it can be ended in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void finish(signal))
  const reloader = new Reloader(options, again, broker, realms, writer)
  process.on('SIGHUP', () => reloader.reload())
  if (cluster) process.once('SIGUSR1', () => void drain())
  logEvents(broker, writer)
  for (const listener of options.listeners) {
    const port = await broker.listen(listener).catch((error: Error) => {
      throw listenError(listener, error)
    })
    log('information', `midge ${VERSION}${kindOf(listener)} listens on ${placeOf({ ...listener, port })}`)
  }
  if (metricsPort !== undefined) metrics = await serveMetrics(broker, metricsPort)
  if (metrics) log('information', `metrics on http://127.0.0.1:${metrics.port}/metrics`)
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
