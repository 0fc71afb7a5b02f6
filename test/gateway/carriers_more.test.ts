// TLS by keys that both sides have, and what a listener of WebSockets has besides: files, and a bound for headers.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { isInstalled, programsEnd } from '../interop/program'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { type Broker, hasMosquitto, start } from './beside'
import { load } from './configuration_lines'
import { brokerListen, brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const hasClient = isInstalled(1, 'mosquitto_pub', '--help')

it.skipIf(!hasClient)('keys in the place of certificates: who has one comes in, by its name', async () => {
  const publish = (port: number, identity: string, key: string, topic: string, ...more: string[]): number | null =>
    spawnSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '--psk', key, '--psk-identity', identity,
      '-t', topic, '-m', 'x', '-q', '1', '-V', '5', ...more]).status
  async function answers(broker: Broker): Promise<unknown> {
    const folder = folderMake({
      keys: 'lamp:0123456789abcdef0123\ndoor:ff00ff00ff00ff00ff00\n', acl: 'user lamp\ntopic lamp/#\n',
    })
    const { program, ports } = await start(broker, folder, `
      psk_file @/keys
      acl_file @/acl
      listener PORT_A
      psk_hint of this house
      use_identity_as_username true
      listener PORT_B
      psk_hint of this house`)
    const [named, unnamed] = [ports.PORT_A, ports.PORT_B]
    const [lamp, door] = ['0123456789abcdef0123', 'ff00ff00ff00ff00ff00']
    const statuses = [
      publish(named, 'lamp', lamp, 'lamp/1'), publish(named, 'lamp', lamp, 'door/1'),
      publish(named, 'door', door, 'lamp/1'), publish(named, 'lamp', door, 'lamp/1'),
      publish(named, 'none', lamp, 'lamp/1'), publish(unnamed, 'lamp', lamp, 'lamp/1'),
    ]
    program.signal('SIGTERM')
    await program.end()
    return statuses.map((status) => status === 0)
  }
  const ours = await answers('midge')
  expect(ours).toEqual([true, true, true, false, false, false])
  if (hasMosquitto) expect(await answers('mosquitto')).toEqual(ours)
})

it('keys and certificates are not both a listener\'s, and a key file is told of line by line', () => {
  const files = { keys: 'lamp:0123\n', bad: 'lamp\nlamp:xyz\n', crt: '' }
  expect(() => load('psk_file @/keys\nlistener 1\npsk_hint h\ncertfile @/crt', files))
    .toThrow('m.conf:2: this listener has both psk_hint and certificates')
  expect(() => load('listener 1\npsk_hint h'))
    .toThrow('m.conf:1: this listener has a psk_hint but there is no psk_file')
})

/** An answer to a request for a path, as it is: URLs would be tidied. */
function get(
  port: number, path: string, headers: Record<string, string> = {},
): Promise<{ status: number, text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, headers, host: '127.0.0.1' }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => text += chunk.toString())
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

it('files beside WebSockets: those of the folder, and no others', async () => {
  const folder = folderMake({ secret: 'not for you' })
  const files = join(folder, 'www')
  mkdirSync(files)
  writeFileSync(join(files, 'index.html'), '<h1>home</h1>')
  writeFileSync(join(files, 'a b.txt'), 'text')
  const { port } = await brokerListen({}, { protocol: 'websockets', httpFolder: files })
  expect(await get(port, '/')).toEqual({ status: 200, text: '<h1>home</h1>' })
  expect(await get(port, '/a%20b.txt')).toEqual({ status: 200, text: 'text' })
  for (const path of ['/none', '/../secret', '/%2e%2e/secret', '/..%2fsecret', '/www/../../secret']) {
    expect((await get(port, path)).status, path).toBe(404)
  }
  await connect(`ws://127.0.0.1:${port}`, 5)
})

it('a listener of WebSockets takes headers up to a bound', async () => {
  const { port } = await brokerListen({}, { protocol: 'websockets', headersSize: 2_000 })
  expect((await get(port, '/', { 'x-long': 'x'.repeat(1_000) })).status).toBe(426)
  expect((await get(port, '/', { 'x-long': 'x'.repeat(3_000) })).status).toBe(431)
  expect(load('websockets_headers_size 4096\nlistener 1\nlistener 2\nprotocol websockets').listeners)
    .toMatchObject([{ port: 1 }, { port: 2, headersSize: 4_096 }])
})
