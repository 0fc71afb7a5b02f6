// Runs the gateway: a broker by its options, until a signal ends it.
import { unlinkSync, writeFileSync } from 'node:fs'
import { createBroker } from '../library/broker'
import { readAccessFile } from '../configuration/access_file'
import type { GatewayOptions } from '../configuration/options'
import { readPasswordFile } from '../configuration/password_file'
import type { AccessRule, Broker, ClientEvent, ListenerOptions, UserPassword } from '../library/api'
import { LOG_CLOSED, LOG_CONNECTED, LOG_PUBLISH_REFUSED, LOG_REFUSED } from '../../../broker/log_code'
import { logSentence, reasonText } from '../../../log_text'
import { VERSION } from '../../../version'
import { type Log, openLog, shown } from './log_writer'
import { serveMetrics } from './metrics'

/** Users and access lists as their files have them now. */
function readFiles({ passwordFile, accessFile }: GatewayOptions): {
  users: Record<string, UserPassword> | undefined
  accessRules: AccessRule[]
} {
  return {
    users: passwordFile && readPasswordFile(passwordFile.path, passwordFile.place),
    accessRules: accessFile ? readAccessFile(accessFile.path, accessFile.place) : [],
  }
}

/** Checks all that the options name, without a port being opened: throws a sentence where something is wrong. */
export function checkFiles(options: GatewayOptions): void {
  readFiles(options)
}

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

function logEvents(broker: Broker, log: Log, hasConnections: boolean): void {
  const told = (code: number, message: string) => (event: ClientEvent): void => {
    const { reasonCode, ...fields } = event
    const reason = reasonCode === undefined ? '' : reasonText(reasonCode)
    // The sentence is for people, the code is for programs.
    const why = reasonCode === undefined ? {} : { reason, reasonCode: `0x${reasonCode.toString(16).padStart(2, '0')}` }
    log('notice', message, { ...fields, ...why }, logSentence(code, whoOf(event), fields.version ?? reason))
  }
  if (hasConnections) {
    broker.on('connect', told(LOG_CONNECTED, 'client connected'))
    broker.on('disconnect', told(LOG_CLOSED, 'client disconnected'))
  }
  broker.on('refused', told(LOG_REFUSED, 'client refused'))
  broker.on('publishRefused', told(LOG_PUBLISH_REFUSED, 'message refused'))
  broker.on('full', () => log('warning', 'a connection was turned away: no slot is free'))
  broker.on('store', ({ state, reason }) => {
    if (state === 'good') log('notice', 'what is acknowledged can be kept again')
    else if (state === 'full') log('warning', `${reason}: QoS 1 and 2 are refused until there is room`)
    else log('error', 'what clients wait for could not be kept: they were cut off', { reason })
  })
}

/** Starts the broker with the rights that it will have: what it keeps must be that user's. */
async function startAs(name: string | undefined, start: () => Broker): Promise<Broker> {
  const isOther = process.getuid?.() === 0 && name !== undefined && name !== 'root'
  if (isOther) {
    process.setegid!(name)
    process.seteuid!(name)
  }
  try {
    const broker = start()
    await broker.opened()
    return broker
  } finally {
    if (isOther) {
      process.seteuid!(0)
      process.setegid!(0)
    }
  }
}

/** Goes from root to a user of fewer rights; the ports are open. */
function becomeUser(name: string): void {
  if (process.getuid?.() !== 0 || name === 'root') return
  // The types of Node 20 do not know it.
  (process as unknown as { initgroups(user: string, group: string): void }).initgroups(name, name)
  process.setgid!(name)
  process.setuid!(name)
}

/** Reads users, access lists and certificates again; what is not good leaves all as it was, and nobody is dropped. */
function reload(broker: Broker, options: GatewayOptions, log: Log): void {
  try {
    const { users, accessRules } = readFiles(options)
    broker.certificatesReload()
    broker.usersSet(users, options.allowAnonymous)
    broker.accessRulesSet(accessRules)
    log('information', 'SIGHUP: users, access lists and certificates were read again')
  } catch (error) {
    log('error', `SIGHUP: nothing was changed: ${(error as Error).message}`)
  }
}

/** Starts the gateway; ends when it listens. Rejects with one sentence where it cannot. */
export async function runGateway(options: GatewayOptions, metricsPort: number | undefined): Promise<void> {
  const log = openLog(options.log)
  const { allowAnonymous, limits, persistence } = options
  const files = readFiles(options)
  const broker = await startAs(persistence && options.systemUser, () =>
    createBroker({ ...files, allowAnonymous, limits, persistence }))
  for (const notice of options.notices) log('notice', notice)
  if (persistence) log('information', `what is acknowledged is kept in ${persistence.location}`)
  let metrics: Awaited<ReturnType<typeof serveMetrics>> | null = null
  // Before anybody is told that the broker is there, it can be ended in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void finish(signal))
  process.on('SIGHUP', () => reload(broker, options, log))
  logEvents(broker, log, options.log.hasConnections)
  for (const listener of options.listeners) {
    const port = await broker.listen(listener).catch((error: Error) => {
      throw listenError(listener, error)
    })
    log('information', `midge ${VERSION}${kindOf(listener)} listens on ${placeOf({ ...listener, port })}`)
  }
  if (metricsPort !== undefined) metrics = await serveMetrics(broker, metricsPort)
  if (metrics) log('information', `metrics on http://127.0.0.1:${metrics.port}/metrics`)
  if (options.pidFile) writeFileSync(options.pidFile, `${process.pid}\n`)
  if (options.systemUser) becomeUser(options.systemUser)
  async function finish(signal: string): Promise<void> {
    log('information', `${signal}: closing`)
    metrics?.server.close()
    await broker.close()
    if (options.pidFile) removeFile(options.pidFile)
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
