// A connection that has come, before TLS or anything else of it is read: where its client is, by the proxy in front of
// the listener where there is one, and whether it may stay.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { arrivalJudge } from './guard/guard'
import type { ListenerOptions } from './library/api'
import { type Proxied, proxyHeaderRead } from './proxy_header'

/** Where a client is, and with what its CONNECT is to be answered; 0: it is judged. */
export interface Arrival { address: string, refusal: number, proxied?: Proxied }

/** What a socket of both kinds of addresses puts in front of one of IPv4. */
const MAPPED = /^::ffff:(?=\d+\.)/

/** Milliseconds that a proxy has for its header. */
const HEADER_MS_MAX = 10_000

/** Of sockets as they come; those of TLS around them are known by the address and port of the other side. */
const bySocket = new WeakMap<object, Arrival>()
const byPeer = new Map<string, Arrival>()

const peerOf = ({ localPort, remoteAddress, remotePort }: Socket): string =>
  `${localPort}|${remoteAddress}|${remotePort}`

/** Of a connection that arrivalTake has let through, or of the one around it. */
export const arrivalOf = (socket: Duplex): Arrival | undefined =>
  bySocket.get(socket) ?? byPeer.get(peerOf(socket as Socket))

/** Lets a connection through to `next`, or closes it. */
export function arrivalTake(socket: Socket, options: ListenerOptions, next: () => void): void {
  const { path, proxyProtocol } = options
  // It was reset before it was accepted.
  if (path === undefined && socket.remoteAddress === undefined) return void socket.destroy()
  socket.once('error', () => socket.destroy())
  const address = path ?? socket.remoteAddress!.replace(MAPPED, '')
  if (!proxyProtocol) return admit(socket, { address, refusal: 0 }, next)
  headerTake(socket, proxyProtocol.version, (proxied) => {
    // What a proxy says nothing of, as of its own look, has not been proved.
    const isRefused = proxyProtocol.requireTls === true && !proxied.isTls
      || proxyProtocol.requireCertificate === true && proxied.commonName === undefined
    if (isRefused) return void socket.destroy()
    admit(socket, { address: proxied.address?.replace(MAPPED, '') ?? address, refusal: 0, proxied }, next)
  })
}

function admit(socket: Socket, arrival: Arrival, next: () => void): void {
  const refusal = arrivalJudge(arrival.address)
  if (Number.isNaN(refusal)) return void socket.destroy()
  arrival.refusal = refusal
  bySocket.set(socket, arrival)
  if (socket.remotePort !== undefined) {
    const peer = peerOf(socket)
    byPeer.set(peer, arrival)
    socket.once('close', () => {
      if (byPeer.get(peer) === arrival) byPeer.delete(peer)
    })
  }
  next()
}

/** Reads the header off a connection; what stands behind it is read as if it came first. */
function headerTake(socket: Socket, version: 1 | 2, done: (proxied: Proxied) => void): void {
  let bytes = Buffer.alloc(0)
  const timer = setTimeout(() => socket.destroy(), HEADER_MS_MAX).unref()
  const read = (): void => {
    const chunk = socket.read() as Buffer | null
    if (!chunk) return
    bytes = Buffer.concat([bytes, chunk])
    const answer = proxyHeaderRead(bytes, version)
    if (answer === 'more') return
    clearTimeout(timer)
    socket.off('readable', read)
    if (answer === 'bad') return void socket.destroy()
    if (bytes.length > answer.size) socket.unshift(bytes.subarray(answer.size))
    done(answer)
  }
  socket.on('readable', read)
  socket.once('close', () => clearTimeout(timer))
}
