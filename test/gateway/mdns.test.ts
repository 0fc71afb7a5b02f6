// The gateway in the network's list of names, as another client of mDNS sees it: on the loopback interface alone.
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfiguration } from '../../src/port/node/configuration/load'
import type { MdnsEvent } from '../../src/port/node/library/api'
import { COMMAND_LINE } from '../interop/gateway_build'
import { Program, programsEnd } from '../interop/program'
import { certificatesMake, hasOpenssl } from './certificates'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from './library'
import { MdnsClient, loopback, noMulticast } from './mdns_client'

const clients: MdnsClient[] = []

function client(): MdnsClient {
  const made = new MdnsClient()
  clients.push(made)
  return made
}

afterEach(async () => {
  await programsEnd()
  await brokersEnd()
  for (const each of clients.splice(0)) each.end()
})

const why = await noMulticast()
/** Of this test alone: others may run beside it. */
const NAME = `midge-${process.pid}`
const MDNS = { name: NAME, interfaces: [loopback ?? 'lo'] }

/** What a broker says of its mDNS. */
function toldOf(events: MdnsEvent[]): string[] {
  return events.map(({ message }) => message)
}

describe.skipIf(why !== '')(`a gateway in the network${why && ` (${why})`}`, () => {
  it('is found by its service and its host, and says goodbye', async () => {
    const network = client()
    const { broker, port } = await brokerListen({ mdns: MDNS })
    const found = await network.ask('_mqtt._tcp.local', 'PTR')
    expect(found).toMatchObject({ ttl: 4_500 })
    await until(() => network.of('_mqtt._tcp.local', 'PTR').some(({ data }) => data === `${NAME}._mqtt._tcp.local`))
    expect(await network.ask(`${NAME}._mqtt._tcp.local`, 'SRV'))
      .toMatchObject({ flush: true, data: { port, target: `${NAME}.local` } })
    expect(await network.ask(`${NAME}.local`, 'A')).toMatchObject({ flush: true, data: '127.0.0.1' })
    await broker.close()
    await until(() => network.of(`${NAME}._mqtt._tcp.local`, 'SRV').some(({ ttl }) => ttl === 0))
    await until(() => network.of(`${NAME}.local`, 'A').some(({ ttl }) => ttl === 0))
  })

  it.skipIf(!hasOpenssl)('has a service for each kind of listener', async () => {
    const path = certificatesMake()
    const tls = { certfile: path('server.crt'), keyfile: path('server.key') }
    const network = client()
    const events: MdnsEvent[] = []
    const broker = await brokerMake({ mdns: MDNS }, (made) => made.on('mdns', (event) => events.push(event)))
    const ports = [
      await broker.listen({ port: 0 }),
      await broker.listen({ port: 0 }),
      await broker.listen({ port: 0, tls }),
      await broker.listen({ port: 0, protocol: 'websockets', httpFolder: path('.') }),
      await broker.listen({ port: 0, protocol: 'websockets', dashboard: true }),
    ]
    const wanted = [
      `${NAME}._mqtt._tcp.local`, `${NAME} ${ports[1]}._mqtt._tcp.local`, `${NAME}._secure-mqtt._tcp.local`,
      `${NAME}._http._tcp.local`, `${NAME} ${ports[4]}._http._tcp.local`,
    ]
    for (const [i, name] of wanted.entries()) {
      const target = `${NAME}${i ? `-${ports[i]}` : ''}.local`
      expect(await network.ask(name, 'SRV')).toMatchObject({ data: { port: ports[i], target } })
      expect(await network.ask(target, 'A')).toMatchObject({ data: '127.0.0.1' })
    }
    await until(() => wanted.every((name) => toldOf(events).some((message) => message.includes(`mDNS: ${name} on `))))
  })

  it('takes another name where somebody has its own', async () => {
    const network = client()
    await brokerListen({ mdns: MDNS })
    await network.ask(`${NAME}._mqtt._tcp.local`, 'SRV')
    const events: MdnsEvent[] = []
    const second = await brokerMake({ mdns: MDNS }, (made) => made.on('mdns', (event) => events.push(event)))
    const port = await second.listen({ port: 0 })
    expect(await network.ask(`${NAME} (2)._mqtt._tcp.local`, 'SRV')).toMatchObject({ data: { port } })
    await until(() => events.some(({ level }) => level === 'warning'))
    expect(toldOf(events)).toContain(`mDNS: somebody else in the network has the name; this one is ${NAME} (2)`)
  })

  it('is announced by the program as its file says', async () => {
    const network = client()
    const path = join(folderMake({
      'm.conf': `listener 0 127.0.0.1\nmdns\nmdns_interface ${loopback}\n`,
    }), 'm.conf')
    const program = new Program(process.execPath, [COMMAND_LINE, '--config', path, '--mdns', NAME])
    const [, port] = / port (\d+)$/.exec(await program.line(/listens on/))!
    expect(await network.ask(`${NAME}._mqtt._tcp.local`, 'SRV')).toMatchObject({ data: { port: Number(port) } })
    await program.line(new RegExp(`mDNS: ${NAME}\\._mqtt\\._tcp\\.local on ${NAME}\\.local port ${port}$`))
    program.signal('SIGTERM')
    await until(() => network.of(`${NAME}._mqtt._tcp.local`, 'SRV').some(({ ttl }) => ttl === 0))
  })
})

it('tells why a listener is not announced', async () => {
  const events: MdnsEvent[] = []
  // No interface that there is: nothing leaves this computer.
  const broker = await brokerMake(
    { mdns: { interfaces: ['midge-none'] } }, (made) => made.on('mdns', (event) => events.push(event)))
  const port = await broker.listen({ port: 0 })
  const page = await broker.listen({ port: 0, protocol: 'websockets' })
  const proxied = await broker.listen({ port: 0, proxyProtocol: { version: 1 } })
  await until(() => events.length === 4)
  expect(toldOf(events)).toEqual([
    expect.stringMatching(/^mDNS: there is no network interface midge-none; there are /),
    ...[
      `mDNS: port ${port} is not announced: it is for this computer alone`,
      `mDNS: port ${page} is not announced: WebSockets without a page are no kind of service`,
      `mDNS: port ${proxied} is not announced: a proxy is in front of it`,
    ],
  ])
})

it('says what its options should be', async () => {
  await expect(brokerMake({ mdns: { name: 'my home' } })).rejects.toThrow(
    'mdns.name is "my home"; give up to 63 letters, digits and hyphens.')
  await expect(brokerMake({ mdns: { interfaces: [] } })).rejects.toThrow('mdns.interfaces is empty; give at least 1.')
})

describe('in a file', () => {
  const read = (text: string): unknown => loadConfiguration(join(folderMake({ 'm.conf': text }), 'm.conf')).mdns

  it('mdns has a name or none', () => {
    expect(read('mdns')).toEqual({})
    expect(read('mdns true')).toEqual({})
    expect(read('mdns false')).toBeUndefined()
    expect(read('mdns_interface eth0\nmdns hall\nmdns_interface wlan0'))
      .toEqual({ name: 'hall', interfaces: ['eth0', 'wlan0'] })
  })

  it.each([
    ['mdns my_home', /:1: mdns is my_home; say a name of up to 63 letters, digits and hyphens, true or false\./],
    ['mdns\nmdns other', /:2: there is a second mdns/],
    ['mdns_interface eth0', /:1: mdns_interface says where mdns is announced; write mdns too\./],
    ['mdns\nmdns_interface', /:2: mdns_interface is empty/],
  ])('%j is refused', (text, sentence) => {
    expect(() => read(text)).toThrow(sentence)
  })
})
