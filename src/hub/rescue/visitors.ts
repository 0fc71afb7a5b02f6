// The web server of the board's own network, for one page: a request is short, and a connection has one.

/** A request: its first line's method and path, fields of its head by their names in small letters, and its body. */
export interface Request { method: string, path: string, fields: string[], body: string }

/** The answer: a status line's end, further fields of the head, and a page. */
export interface Answer { status: string, fields: string, page: string }

interface Socket {
  on(event: 'data' | 'close', handler: (data: string) => void): void
  end(text: string): void
}

interface Server { listen(port: number): void, close(): void }

const PORT = 80
/** The board has ten sockets in all. */
const VISITORS_MAX = 4
/** Bytes of a request. Phones send a kilobyte of fields that nobody needs. */
const REQUEST_SIZE_MAX = 3_000
const REQUEST_MS_MAX = 8_000
const HEAD_END = '\r\n\r\n'

let server: Server | undefined
let respond: ((request: Request) => Answer) | undefined
let count = 0

/** A field of a head; '' where it is missing. */
export function fieldOf(fields: string[], name: string): string {
  const start = name + ':'
  for (const field of fields) {
    if (field.substr(0, start.length).toLowerCase() === start) return field.substr(start.length).trim()
  }
  return ''
}

/** The request of a connection's bytes; undefined while some are missing. */
function requestOf(bytes: string): Request | undefined {
  const end = bytes.indexOf(HEAD_END)
  // The engine's indexOf takes the end of a text for the whole of what begins so.
  if (end < 0 || bytes.substr(end, HEAD_END.length) !== HEAD_END) return undefined
  const fields = bytes.substr(0, end).split('\r\n')
  const words = fields.shift()!.split(' ')
  const size = words[0] === 'POST' ? parseInt(fieldOf(fields, 'content-length'), 10) || 0 : 0
  const body = bytes.substr(end + HEAD_END.length, size)
  return body.length < size ? undefined : { method: words[0], path: words[1] || '', fields, body }
}

function answerText(answer: Answer): string {
  return `HTTP/1.1 ${answer.status}\r\nConnection: close\r\nCache-Control: no-store\r\n`
    + `Content-Length: ${answer.page.length}\r\n${answer.fields}Content-Type: text/html; charset=utf-8\r\n`
    + 'Content-Security-Policy: default-src \'none\'; style-src \'unsafe-inline\'; frame-ancestors \'none\'\r\n\r\n'
    + answer.page
}

/** Answers a connection's one request. */
function onVisitor(socket: Socket): void {
  let bytes = ''
  let isOver = false
  const end = (answer: string): void => {
    if (!isOver) socket.end(answer)
    isOver = true
    bytes = ''
  }
  count++
  const timer = setTimeout(end, REQUEST_MS_MAX, '')
  socket.on('close', () => {
    isOver = true
    count--
    clearTimeout(timer)
  })
  socket.on('data', (data) => {
    if (isOver) return
    bytes += data
    const request = requestOf(bytes)
    if (request) end(answerText(respond!(request)))
    else if (bytes.length > REQUEST_SIZE_MAX) end(answerText({ status: '413 Too Large', fields: '', page: '' }))
  })
  if (count > VISITORS_MAX) end('')
}

/** Listens until visitorsEnd. */
export function visitorsStart(answer: (request: Request) => Answer): void {
  respond = answer
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  server = (require('net') as { createServer(handler: (socket: Socket) => void): Server }).createServer(onVisitor)
  server.listen(PORT)
}

export function visitorsEnd(): void {
  if (server) server.close()
  server = undefined
}
