// What a request is answered: the page, a WebSocket, or why not. Nobody is asked who he is here: the page is the same
// for everybody, and its program signs in by MQTT.
import { PAGE_FILE } from '../../flash/page_file'
import { framesBegin } from './frames'
import { HOST, KEY, ORIGIN, PROTOCOL, UPGRADE, VERSION } from './request_head'
import { PATIENCE_S, type RequestHead, type Visitor } from './visitor'

/** Bytes of the page that are handed over at a time: what the engine sends in one pass. */
const PIECE_SIZE = 536
const KEY_SIZE = 24
/** RFC 6455, section 4.2.2. */
const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

interface Storage { read(name: string, start?: number, size?: number): string | undefined }

// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
const storage = (): Storage => require('Storage') as Storage

/** Ends of names that are never on the Internet. */
const OWN_ENDS = '.local .localhost .lan .home .internal .home.arpa .fritz.box'

/** What the page's own policy cannot say: that no other page shows it, and that nobody keeps or guesses anything. */
const PAGE_FIELDS = '\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nCache-Control: no-store'
  + '\r\nContent-Security-Policy: frame-ancestors \'none\'\r\nX-Frame-Options: DENY'
  + '\r\nX-Content-Type-Options: nosniff'
  + '\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin'
  + '\r\nCross-Origin-Resource-Policy: same-origin\r\nContent-Length: '

/**
 * Whether a Host is a name that nobody can have lead here: an address, one without a dot, or of a home's own network.
 * By another one somebody else's page would be of one origin with the board (DNS rebinding).
 */
function isOwnName(host: string): boolean {
  const name = host.toLowerCase().split(':')[0]
  return name !== '' && (name.indexOf('.') < 0 || /^[0-9.]+$/.test(name)
    || OWN_ENDS.split(' ').some(end => name.endsWith(end)))
}

/** A refusal, by its line; `fields` may follow it. */
export function refuse(visitor: Visitor, line: string): void {
  visitor.write(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  visitor.end()
}

/** The socket has taken what there was. */
function pieceSend(this: Visitor): void {
  const piece = storage().read(PAGE_FILE, this.sent, PIECE_SIZE)
  this.left = PATIENCE_S
  if (piece) {
    this.sent += PIECE_SIZE
    this.write(piece)
  } else {
    delete this['#ondrain']
    this.end()
  }
}

function pageSend(visitor: Visitor, hasBody: boolean): void {
  const page = storage().read(PAGE_FILE)
  if (!page) return refuse(visitor, '404 Not Found')
  visitor.sent = hasBody ? 0 : page.length
  visitor['#ondrain'] = pieceSend
  visitor.write(`HTTP/1.1 200 OK${PAGE_FIELDS}${page.length}\r\nConnection: close\r\n\r\n`)
}

function upgrade(visitor: Visitor, values: string[], write: Visitor['write'] | undefined): void {
  const key = values[KEY] || ''
  const origin = values[ORIGIN]
  // Programs that are no browsers say nothing, and have no owner whose rights they could use.
  if (origin !== undefined && origin !== 'http://' + values[HOST]) return refuse(visitor, '403 Forbidden')
  if (values[VERSION] !== '13') return refuse(visitor, '426 Upgrade Required\r\nSec-WebSocket-Version: 13')
  // [MQTT-6.0.0-3]
  const isMqtt = (values[PROTOCOL] || '').split(',').some(name => name.trim() === 'mqtt')
  if (!isMqtt || key.length !== KEY_SIZE) return refuse(visitor, '400 Bad Request')
  if (!write) return refuse(visitor, '503 Service Unavailable')
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const crypto = require('crypto') as { SHA1(text: string): ArrayBuffer }
  const sum = btoa(E.toString(new Uint8Array(crypto.SHA1(key + HANDSHAKE)))!)
  // [MQTT-6.0.0-4]
  visitor.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    + `Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: ${sum}\r\n\r\n`)
  framesBegin(visitor, write)
}

/** Answers a request whose head is there; `write` is for a WebSocket, undefined: there is no place for another one. */
export function answer(visitor: Visitor, head: RequestHead, write: Visitor['write'] | undefined): void {
  const words = head._words
  const values = head._values
  const path = (words[1] || '').split('?')[0]
  const method = words[0]
  const isWebSocket = (values[UPGRADE] || '').toLowerCase() === 'websocket'
  if (words.length !== 3 || !words[2].startsWith('HTTP/1.') || !values[HOST]) refuse(visitor, '400 Bad Request')
  else if (!isOwnName(values[HOST])) refuse(visitor, '403 Forbidden')
  else if (method !== 'GET' && (method !== 'HEAD' || isWebSocket)) {
    refuse(visitor, '405 Method Not Allowed\r\nAllow: GET, HEAD')
  } else if (isWebSocket) upgrade(visitor, values, write)
  else if (path === '/' || path === '/index.html') pageSend(visitor, method === 'GET')
  else if (path === '/mqtt') refuse(visitor, '426 Upgrade Required\r\nUpgrade: websocket')
  else refuse(visitor, '404 Not Found')
}
