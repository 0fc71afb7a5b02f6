// Whether a browser's request is one of the broker's own page. A page of somebody else can have a browser connect to
// any address, and by a name of its own that leads to this computer (DNS rebinding) it would even be of one origin with
// the broker. So the Host must be a name that nobody can register, or one that was allowed, and the Origin the same.
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { TLSSocket } from 'node:tls'

/** Suffixes that are never on the Internet. */
const LOCAL = /\.(local|localhost|lan|home|internal|home\.arpa|fritz\.box)$/

function isOwnName(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '').toLowerCase()
  return isIP(bare) > 0 || !bare.includes('.') || LOCAL.test(bare) || bare === hostname().toLowerCase()
}

/** The origin that a request's Host names; undefined: it has none that is one. */
function hostOrigin({ headers, socket }: IncomingMessage): URL | undefined {
  const isTls = socket instanceof TLSSocket
  const text = `${isTls ? 'https' : 'http'}://${headers.host ?? ''}`
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Whether the page may be asked for by this name; behind TLS the certificate has proved it. */
export function isOwnHost(request: IncomingMessage, origins: string[] | undefined): boolean {
  const host = hostOrigin(request)
  if (!host) return false
  return host.protocol === 'https:' || isOwnName(host.hostname)
    || (origins ?? []).some((origin) => URL.canParse(origin) && new URL(origin).host === host.host)
}

/** Whether a WebSocket is of the broker's page, of an allowed one, or of no browser. */
export function isOwnOrigin(request: IncomingMessage, origins: string[] | undefined): boolean {
  const { origin } = request.headers
  // Programs that are no browsers say nothing, and have no owner whose rights they could use.
  if (origin === undefined) return true
  return (origins ?? []).includes(origin)
    || isOwnHost(request, origins) && URL.canParse(origin) && new URL(origin).host === hostOrigin(request)!.host
}
