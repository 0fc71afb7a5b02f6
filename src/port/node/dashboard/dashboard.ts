// The broker's page on listeners of WebSockets: serves it, and has the broker tell of itself while a page is open.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { createBroker } from 'midge-mqtt'
import type { BrokerOptions, ListenerOptions } from '../library/api'
import type { ListenerPage } from '../websocket'
import { isOwnHost, isOwnOrigin } from './own_request'
import { reportsOf } from './reports'

const TOPIC = '$SYS/broker/dashboard/'
const REPORT_MS = 2_000
/** Until the first one: who comes must have subscribed. */
const FIRST_MS = 300

/** What the page's own policy cannot say: that no other page shows it, and that nobody keeps or guesses anything. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip', 'cache-control': 'no-store',
  'content-security-policy': 'frame-ancestors \'none\'', 'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
}

export class Dashboard {
  private readonly open = new Set<Duplex>()
  private timer: NodeJS.Timeout | null = null
  private page: Buffer = Buffer.alloc(0)

  constructor(
    private readonly instance: ReturnType<typeof createBroker>, private readonly options: BrokerOptions,
  ) {}

  /** The page as a listener has it that asks for it. */
  async on({ dashboard, origins }: ListenerOptions): Promise<ListenerPage | undefined> {
    if (!dashboard) return undefined
    const { page } = await import('midge-mqtt/dashboard')
    this.page = Buffer.from(page, 'base64')
    return {
      answer: (request, response, next) => this.answer(request, response, next, origins),
      mayCome: (request) => isOwnOrigin(request, origins),
      came: (stream) => this.came(stream),
    }
  }

  private answer(
    request: IncomingMessage, response: ServerResponse, next: RequestListener, origins: string[] | undefined,
  ): void {
    const path = request.url?.split('?')[0]
    if (path !== '/' && path !== '/index.html') return next(request, response)
    if (!isOwnHost(request, origins)) {
      response.writeHead(403, { 'content-type': 'text/plain' })
      return void response.end('This broker is not known by that name: allow it with websockets_origin.\n')
    }
    const { method } = request
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    response.writeHead(200, { ...HEADERS, 'content-length': this.page.length })
    response.end(method === 'GET' ? this.page : undefined)
  }

  private came(stream: Duplex): void {
    this.open.add(stream)
    stream.once('close', () => this.open.delete(stream))
    setTimeout(() => this.report(), FIRST_MS).unref()
    this.timer ??= setInterval(() => this.tick(), REPORT_MS).unref()
  }

  private tick(): void {
    if (this.open.size) return this.report()
    if (this.timer) clearInterval(this.timer)
    this.timer = null
  }

  private report(): void {
    if (!this.open.size) return
    for (const [name, report] of Object.entries(reportsOf(this.instance, this.options))) {
      this.instance.brokerSay(Buffer.from(TOPIC + name), Buffer.from(JSON.stringify(report)))
    }
  }
}
