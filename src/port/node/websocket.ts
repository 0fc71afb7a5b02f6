// MQTT over WebSocket: an upgrade of an HTTP request becomes a stream of bytes. [MQTT 5.0 section 6]
import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, createWebSocketStream } from 'ws'

/** Subprotocols that clients ask for; 3.1 had a name of its own. [MQTT-6.0.0-3] [MQTT-6.0.0-4] */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1']
const TEXT_IS_NOT_ACCEPTED = 1_003
/** Bytes of the largest frame; packets may span frames. [MQTT-6.0.0-2] */
const FRAME_SIZE_MAX = 16_777_216

/** The broker's page on a listener: what answers requests, which browsers may connect, and who has come. */
export interface ListenerPage {
  answer(request: IncomingMessage, response: ServerResponse, next: RequestListener): void
  mayCome: (request: IncomingMessage) => boolean
  came(stream: Duplex): void
}

/** Answers whoever came without wanting a WebSocket. */
const refuseRequest: RequestListener = (_request, response) => {
  response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' })
  response.end('This is an MQTT broker: connect by WebSocket with the subprotocol mqtt.\n')
}

/** What answers whoever wants no WebSocket: the broker's page, and files of a folder by the package sirv. */
export async function requestListener(
  folder: string | undefined, page: ListenerPage | undefined,
): Promise<RequestListener> {
  const files = folder === undefined ? refuseRequest : await filesOf(folder)
  return page ? (request, response) => page.answer(request, response, files) : files
}

async function filesOf(folder: string): Promise<RequestListener> {
  const { default: sirv } = await import('sirv').catch(() => {
    throw new Error('http_dir needs the package sirv: npm install sirv.')
  })
  // Files are looked for when they are asked for: they may change.
  const files = sirv(folder, { dev: true })
  return (request, response) => files(request, response, () => void response.writeHead(404).end())
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
}

/**
 * Calls `onStream` with the bytes of each WebSocket that asks for MQTT on the HTTP server; those that may not come, by
 * the page that they are of, are turned away.
 */
export function acceptWebSockets(
  server: Server, mayCome: (request: IncomingMessage) => boolean,
  onStream: (stream: Duplex, request: IncomingMessage) => void,
): void {
  const webSockets = new WebSocketServer({
    noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: FRAME_SIZE_MAX,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (!mayCome(request)) return refuseUpgrade(socket, 403)
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    if (!offered.some((name) => SUBPROTOCOLS.includes(name))) return refuseUpgrade(socket, 400)
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket)
      // [MQTT-6.0.0-1]
      webSocket.prependListener('message', (_data, isBinary) => {
        if (isBinary) return
        webSocket.close(TEXT_IS_NOT_ACCEPTED)
        stream.destroy()
      })
      onStream(stream, request)
    })
  })
}
