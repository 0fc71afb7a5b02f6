// What the gateway says of itself by mDNS, RFC 6762 and 6763: its listeners as services, and the host's name. The
// package @homebridge/ciao probes, announces, answers and says goodbye, and follows addresses that change.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { CiaoService, Responder } from '@homebridge/ciao'
import type { ListenerOptions, MdnsEvent, MdnsOptions } from './api'

const NAME = 'midge'
const EVERY_ADDRESS = ['*', '0.0.0.0', '::']
/** Milliseconds that goodbyes may take. */
const GOODBYE_MS_MAX = 1_000

/** By certificates or by keys. */
export const isSecure = ({ tls, pskHint }: ListenerOptions): boolean => tls !== undefined || pskHint !== undefined

/** Its type as IANA has registered it; a sentence about why it has none. */
function serviceTypeOf(
  listener: ListenerOptions,
): { type?: string, why?: string } {
  const { protocol, httpFolder, dashboard } = listener
  if (protocol !== 'websockets') return { type: isSecure(listener) ? 'secure-mqtt' : 'mqtt' }
  if (httpFolder === undefined && !dashboard) return { why: 'WebSockets without a page are no kind of service' }
  return { type: isSecure(listener) ? 'https' : 'http' }
}

/** Why other computers' clients do not come to a listener by its port; '': they do. */
function hiddenBy({ path, proxyProtocol }: ListenerOptions): string {
  if (path !== undefined) return 'it is a Unix socket'
  return proxyProtocol ? 'a proxy is in front of it' : ''
}

/** The address that a listener is on; undefined: every one. */
async function addressOf(host: string): Promise<string | undefined> {
  if (EVERY_ADDRESS.includes(host)) return undefined
  return isIP(host) ? host : (await lookup(host)).address
}

/** The interface that has an address. */
const interfaceOf = (address: string): [name: string, isInternal: boolean] | undefined =>
  Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.filter((one) => one.address === address || address.startsWith('127.') && one.address === '127.0.0.1')
      .map(({ internal }): [string, boolean] => [name, internal]))[0]

export class Announcements {
  private responder: Responder | null = null
  private readonly services: CiaoService[] = []
  private readonly types = new Set<string>()
  private isEnding = false

  /** Without options it does nothing. */
  constructor(private readonly options: MdnsOptions | undefined, private readonly tell: (event: MdnsEvent) => void) {}

  /** Rejects with a sentence where the package is not there, or interfaces cannot be seen. */
  async prepare(): Promise<void> {
    if (!this.options) return
    const { getResponder } = await import('@homebridge/ciao').catch(() => {
      throw new Error('mDNS needs the package @homebridge/ciao: npm install @homebridge/ciao.')
    })
    const { interfaces } = this.options
    try {
      const known = Object.keys(networkInterfaces())
      for (const name of interfaces ?? []) {
        if (known.includes(name)) continue
        const message = `mDNS: there is no network interface ${name}; there are ${known.join(', ')}`
        this.tell({ level: 'warning', message })
      }
    } catch (error) {
      throw new Error(`mDNS: this program may not see network interfaces: ${(error as Error).message}.`)
    }
    this.responder = getResponder(interfaces && { interface: [...interfaces] })
  }

  /** Announces a listener on `port` from now on, or tells why it does not. */
  async add(listener: ListenerOptions, port: number): Promise<void> {
    if (!this.options || this.isEnding) return
    const place = listener.path ?? `port ${port}`
    const { type, why = hiddenBy(listener) } = serviceTypeOf(listener)
    try {
      const address = await addressOf(listener.host ?? '127.0.0.1')
      const hidden = why || this.localBy(address)
      if (hidden || type === undefined) {
        return this.tell({ level: 'information', message: `mDNS: ${place} is not announced: ${hidden}` })
      }
      await this.serviceAdd(type, port, { address, disabledIpv6: listener.host === '0.0.0.0' })
    } catch (error) {
      this.tell({ level: 'warning', message: `mDNS: ${place} is not announced: ${(error as Error).message}` })
    }
  }

  /** A listener of this computer alone is announced where its interface was asked for, and else nowhere. */
  private localBy(address: string | undefined): string {
    const [name, isInternal] = (address !== undefined && interfaceOf(address)) || ['', false]
    return isInternal && !this.options?.interfaces?.includes(name) ? 'it is for this computer alone' : ''
  }

  private async serviceAdd(
    type: string, port: number, { address, disabledIpv6 }: { address: string | undefined, disabledIpv6: boolean },
  ): Promise<void> {
    if (this.isEnding) return
    const { name = NAME } = this.options!
    const service = this.responder!.createService({
      name: this.types.has(type) ? `${name} ${port}` : name, type, port, disabledIpv6,
      // The package holds the name of a host for one service; the others' are names of the same addresses.
      hostname: this.services.length ? `${name}-${port}` : name,
      ...address === undefined ? {} : { restrictedAddresses: [address] },
    })
    this.types.add(type)
    this.services.push(service)
    // `ServiceEvent` is an enum of the package, which is not there when the types are read.
    service.on('name-change' as Parameters<CiaoService['on']>[0], (taken: string) => this.tell({
      level: 'warning', message: `mDNS: somebody else in the network has the name; this one is ${taken}`,
    }))
    await service.advertise()
    if (this.isEnding) return
    const [full, host] = [service.getFQDN(), service.getHostname()].map((text) => text.replace(/\.$/, ''))
    this.tell({ level: 'information', message: `mDNS: ${full} on ${host} port ${port}` })
  }

  /** Says goodbye, so that nobody looks for what has gone. */
  async end(): Promise<void> {
    if (!this.responder || this.isEnding) return
    this.isEnding = true
    const goodbyes = Promise.allSettled(this.services.map((service) => service.destroy()))
      .then(() => this.responder?.shutdown())
    let limit: NodeJS.Timeout | undefined
    await Promise.race([goodbyes, new Promise((resolve) => limit = setTimeout(resolve, GOODBYE_MS_MAX))])
    clearTimeout(limit)
  }
}
