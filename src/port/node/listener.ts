// Listeners: TCP, TLS, WebSocket and Unix sockets. Every connection that comes is attached to the broker.
import { existsSync, unlinkSync } from 'node:fs'
import { type IncomingMessage, createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Server as TlsServer, type TlsOptions, TLSSocket, createServer as createTlsServer } from 'node:tls'
import { admit } from './admission'
import { type Arrival, arrivalOf, arrivalTake } from './arrival'
import { attach, hasPlace, refuse } from './attach'
import { certificateRuleProblem, certificateUser } from './certificate_rules'
import { subjectText } from './certificate_subject'
import type { Origin } from './link'
import type { ListenerOptions } from './library/api'
import { traceArrival } from './log'
import { MountedStream } from './mounted'
import { isIdentified, realmExists, realmOf } from './realm'
import { SOCKET_PATH_SIZE_MAX } from './socket_path'
import { pskIdentityOf, pskOptionsOf, secureContextOf, tlsOptionsOf } from './tls_context'
import { type ListenerPage, acceptWebSockets, requestListener } from './websocket'

/** Connections that the system keeps until they are accepted: a storm of clients after a power cut. */
const BACKLOG = 1_024

const listeners: { server: Server, inner: Inner, options: ListenerOptions }[] = []
let isClosed = false

/** Who the client is by its certificate, where it was found good, by this broker or by the proxy in front of it. */
function identityOf(socket: Duplex, options: ListenerOptions, { proxied }: Arrival): string | undefined {
  if (options.pskHint !== undefined) return pskIdentityOf(socket)
  // Where TLS ends here the proxy has nothing to say of it.
  if (!options.tls && proxied?.commonName !== undefined) return proxied.commonName
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { certificateUsers } = options
  const certificate = socket.getPeerX509Certificate()
  if (certificateUsers?.length) return certificate && certificateUser(certificate, certificateUsers)
  if (options.subjectAsUserName) return subjectText(certificate?.subject ?? '')
  const name: unknown = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' ? name : undefined
}

/** The connection as the broker is to see it, by the listener's terms. */
function seenAs(stream: Duplex, { terms, identity }: Origin): Duplex {
  const { mountPoint = '', userNameAsClientIdentifier: isNamedByUser = false } = terms ?? {}
  if (!mountPoint && !isNamedByUser) return stream
  return new MountedStream(stream, { mountPoint, isNamedByUser, identity: isIdentified(terms) ? identity : undefined })
}

/** What takes a listener's connections; `network` is the socket below, which knows where the client is. */
function acceptFor(options: ListenerOptions): (stream: Duplex, network: Socket) => void {
  const { path, maxConnections = Infinity } = options
  let placesTaken = 0
  return (stream, network) => {
    const arrival = arrivalOf(network)
    // It has gone meanwhile.
    if (!arrival) return void stream.destroy()
    // Without it a small packet can wait 40 ms for the acknowledgement of the one before.
    if (options.noDelay !== false) network.setNoDelay(true)
    const { address, refusal } = arrival
    const origin: Origin = {
      address, refusal, isLocal: path !== undefined && !arrival.proxied?.address, terms: options,
      identity: identityOf(network, options, arrival),
    }
    stream.once('error', () => stream.destroy())
    admit(() => hasPlace() && placesTaken < maxConnections, () => {
      // It has gone while it waited.
      if (stream.destroyed) return
      placesTaken++
      stream.once('close', () => placesTaken--)
      attach(seenAs(stream, origin), origin)
    }, () => refuse(stream))
  }
}

/** A listener's TLS, by certificates or by keys; undefined: it has none. */
function tlsOf({ tls, pskHint, pskCiphers, realm }: ListenerOptions): TlsOptions | undefined {
  if (pskHint === undefined) return tls && tlsOptionsOf(tls)
  return pskOptionsOf(pskHint, pskCiphers, (identity) => {
    const { pskKeys = {} } = realmOf(realm)
    return Object.hasOwn(pskKeys, identity) ? pskKeys[identity] : undefined
  })
}

/** What takes connections when they have arrived, and whose TLS can be changed. */
interface Inner { take: (socket: Socket) => void, tls: TlsServer | null }

/** A server that gets its connections from a listener in front of it. */
function behind(server: Server): (socket: Socket) => void {
  return (socket) => void server.emit('connection', socket)
}

function plainOrTls(options: ListenerOptions): Inner {
  const accept = acceptFor(options)
  const tls = tlsOf(options)
  if (!tls) return { take: (socket) => accept(socket, socket), tls: null }
  const server = createTlsServer(tls, (socket) => accept(socket, socket))
  // Whoever fails the handshake is nobody yet.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return { take: behind(server), tls: server }
}

async function webSockets(options: ListenerOptions, page: ListenerPage | undefined): Promise<Inner> {
  const tls = tlsOf(options)
  const http = { maxHeaderSize: options.headersSize }
  const answer = await requestListener(options.httpFolder, page)
  const secure = tls ? createHttpsServer({ ...tls, ...http }, answer) : null
  const server = secure ?? createHttpServer(http, answer)
  secure?.on('tlsClientError', (_error, socket) => socket.destroy())
  // Only then does it look whether a request's headers come in time.
  server.emit('listening')
  const accept = acceptFor(options)
  const { origins } = options
  const mayCome = page ? page.mayCome : ({ headers }: IncomingMessage): boolean =>
    !origins || origins.includes(headers.origin ?? '')
  acceptWebSockets(server, mayCome, (stream, request) => {
    page?.came(stream)
    traceArrival('websocket', arrivalOf(request.socket)?.address ?? '')
    accept(stream, request.socket)
  })
  return { take: behind(server), tls: secure }
}

/** A Unix socket that nobody listens on any more is left over from a program that was killed. */
function removeStaleSocket(path: string): Promise<void> {
  if (!existsSync(path)) return Promise.resolve()
  return new Promise((resolve) => {
    const probe = connect({ path })
    probe.once('connect', () => resolve(void probe.destroy()))
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') unlinkSync(path)
      resolve()
    })
  })
}

/**
 * Starts to listen. Answers the port, which the system chose where it was 0; 0 for a Unix socket. `page` is what the
 * listener has beside WebSockets.
 */
export async function listen(options: ListenerOptions, page?: ListenerPage): Promise<number> {
  const { port = 1_883, path } = options
  if (path !== undefined && Buffer.byteLength(path) > SOCKET_PATH_SIZE_MAX) {
    throw new Error(`The path of a Unix socket has at most ${SOCKET_PATH_SIZE_MAX} bytes: ${path}`)
  }
  if (options.realm !== undefined && !realmExists(options.realm)) {
    throw new RangeError(`There is no realm ${options.realm}: call realmsSet before listen.`)
  }
  for (const rule of options.certificateUsers ?? []) {
    const problem = certificateRuleProblem(rule)
    if (problem) throw new TypeError(`A rule of certificateUsers ${problem}.`)
  }
  if ((options.certificateUsers?.length || options.subjectAsUserName) && options.proxyProtocol && !options.tls) {
    throw new TypeError('A proxy tells of the Common Name alone: say identityAsUserName.')
  }
  // '*' is every address that the computer has, of both kinds: Node's own default.
  const host = options.host === '*' ? undefined : options.host ?? '127.0.0.1'
  const inner = options.protocol === 'websockets' ? await webSockets(options, page) : plainOrTls(options)
  const server = createServer((socket) => arrivalTake(socket, options, () => inner.take(socket)))
  if (path !== undefined) await removeStaleSocket(path)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path === undefined ? { port, host, backlog: BACKLOG } : { path, backlog: BACKLOG }, () => {
      if (isClosed) {
        server.close()
        return reject(new Error('The broker has closed.'))
      }
      listeners.push({ server, inner, options })
      server.off('error', reject)
      resolve(path === undefined ? (server.address() as AddressInfo).port : 0)
    })
  })
}

/** Reads the certificates again, for the handshakes to come; throws, and changes nothing, where a file is not good. */
export function listenersReload(): void {
  const contexts = listeners.map(({ options }) => options.tls && secureContextOf(options.tls))
  for (const [i, context] of contexts.entries()) {
    if (context) listeners[i].inner.tls?.setSecureContext(context)
  }
}

/** Listens no more; connections that stand go on. */
export function listenersClose(): void {
  isClosed = true
  for (const { server } of listeners.splice(0)) server.close()
}
