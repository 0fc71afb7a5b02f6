// mosquitto 2.1's $CONTROL/broker/v1: requests as `mosquitto_ctrl broker` sends them, and answers as it reads them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { programsEnd } from '../interop/program'
import { start } from './beside'
import { certificateMake, certificatesMake, hasOpenssl } from './certificates'
import { brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const TOPIC = '$CONTROL/broker/v1'
const OPEN = 'allow_anonymous true\nenable_control_api true\n'

/** What is answered to a payload, by a client that hears the answers. */
async function answerTo(client: Client, payload: unknown, topic = TOPIC): Promise<unknown> {
  const count = client.messages.length
  await client.publish(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1, retain: true })
  await client.received(count + 1)
  const message = client.messages[count]
  expect(message).toMatchObject({ topic: `${topic}/response`, packet: { qos: 0, retain: false } })
  return JSON.parse(message.payload.toString())
}

/** A client that hears all answers there are. */
async function asking(port: number, options = {}): Promise<Client> {
  const client = await connect(`mqtt://127.0.0.1:${port}`, 5, options)
  await client.subscribe('$CONTROL/#', { qos: 1 })
  return client
}

describe('listListeners', () => {
  it.skipIf(!hasOpenssl)('tells of all of them, as mosquitto does', async () => {
    const path = certificatesMake()
    const folder = join(path('ca.crt'), '..')
    certificateMake(folder, 'server', 'localhost')
    writeFileSync(path('psk'), 'anna:0123456789abcdef\n')
    const { ports } = await start('midge', folder, `${OPEN}listener PORT_A
listener PORT_B 127.0.0.1
protocol websockets
certfile @/server.crt
keyfile @/server.key
listener PORT_C localhost
psk_hint hint
psk_file @/psk
listener 0 @/socket`)
    const client = await asking(ports.PORT_A)
    const correlationData = 'm3CtYVnySLCOwnHzITSeowvgla0InV4G'
    expect(await answerTo(client, { commands: [{ command: 'listListeners', correlationData }] })).toEqual({
      responses: [{
        command: 'listListeners', correlationData,
        data: {
          listeners: [
            { port: ports.PORT_A, protocol: 'mqtt', tls: false },
            { port: ports.PORT_B, protocol: 'mqtt+websockets', 'bind-address': '127.0.0.1', tls: true },
            { port: ports.PORT_C, protocol: 'mqtt', 'bind-address': 'localhost', tls: true },
            { port: 0, protocol: 'mqtt', 'socket-path': join(folder, 'socket'), tls: false },
          ],
        },
      }],
    })
  })

  it('tells the port that the system chose', async () => {
    const { program, ports } = await start('midge', folderMake(), `${OPEN}listener PORT_A\nlistener 0 127.0.0.1`)
    const other = Number(/ port (\d+)$/.exec(await program.line(/listens on 127\.0\.0\.1/))![1])
    const client = await asking(ports.PORT_A)
    expect(await answerTo(client, { commands: [{ command: 'LISTlisteners' }] })).toMatchObject({
      responses: [{ command: 'listListeners', data: { listeners: [{}, { port: other }] } }],
    })
  })
})

it('listPlugins tells of dynamic security, whose commands are answered beside', async () => {
  const [, , iterations, salt, password] = passwordHash('secret', false).split('$')
  const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern']
    .map((acltype) => ({ acltype, topic: '$CONTROL/#', allow: true }))
  const folder = folderMake({ 'd.json': JSON.stringify({
    clients: [{ username: 'admin', password, salt, iterations: Number(iterations), roles: [{ rolename: 'all' }] }],
    roles: [{ rolename: 'all', acls }],
  }) })
  const { ports } = await start('midge', folder, `enable_control_api true
listener PORT_A
plugin mosquitto_dynamic_security.so
plugin_opt_config_file @/d.json`)
  const admin = await asking(ports.PORT_A, { username: 'admin', password: 'secret' })
  const topic = '$CONTROL/dynamic-security/v1'
  expect(await answerTo(admin, { commands: [{ command: 'listPlugins' }] })).toEqual({
    responses: [{
      command: 'listPlugins', data: { plugins: [{ name: 'dynamic-security', 'control-endpoints': [topic] }] },
    }],
  })
  expect(await answerTo(admin, { commands: [{ command: 'listClients' }] }, topic))
    .toMatchObject({ responses: [{ command: 'listClients', data: { clients: ['admin'] } }] })
})

it('answers what is no request with mosquitto\'s words, and goes on', async () => {
  const { ports } = await start('midge', folderMake(), `${OPEN}listener PORT_A`)
  const client = await asking(ports.PORT_A)
  const says = async (payload: unknown, ...responses: unknown[]): Promise<void> =>
    expect(await answerTo(client, payload)).toEqual({ responses })
  await says('not valid json', { command: 'Unknown command', error: 'Payload not valid JSON' })
  await says('', { command: 'Unknown command', error: 'Payload not valid JSON' })
  await says({}, { command: 'Unknown command', error: 'Invalid/missing commands' })
  await says({ commands: ['command'] }, { command: 'Unknown command', error: 'Command not an object' })
  await says({ commands: [{}] }, { command: 'Unknown command', error: 'Missing command' })
  await says({ commands: [{ command: 'unknown command' }] }, { command: 'unknown command', error: 'Unknown command' })
  await says({ commands: [{ command: 'listListeners', correlationData: true }] },
    { command: 'listListeners', error: 'Invalid correlationData data type.' })
  await says({ commands: [{ command: 'listPlugins' }] }, { command: 'listPlugins', data: { plugins: [] } })
  expect(await answerTo(client, { commands: [] }, '$CONTROL/missing-endpoint/v1'))
    .toEqual({ error: 'endpoint not available' })
  // No topic has room for an answer to this one, nor is what is asked for kept.
  await client.publish(`$CONTROL/${'x'.repeat(65_520)}`, '', { qos: 1, retain: true })
  await says({ commands: [] })
  const late = await asking(ports.PORT_A)
  await answerTo(late, { commands: [] })
  expect(late.messages).toHaveLength(1)
})

it('is for who may, by the rules, and for nobody who may all but topics with $', async () => {
  const users = ['admin', 'anna', 'otto'].map((name) => `${name}:${passwordHash('secret', false)}\n`).join('')
  const folder = folderMake({ users, access: `user admin\ntopic readwrite $CONTROL/broker/#
user anna\ntopic readwrite #
user otto\ntopic read $CONTROL/broker/v1/response\ntopic readwrite #\n` })
  const { ports } = await start('midge', folder, `enable_control_api true
listener PORT_A
password_file @/users
acl_file @/access`)
  const as = (username: string): Promise<Client> => asking(ports.PORT_A, { username, password: 'secret' })
  const [admin, anna, otto] = [await as('admin'), await as('anna'), await as('otto')]
  const request = { commands: [{ command: 'listPlugins' }] }
  for (const client of [anna, otto]) {
    await expect(client.publish(TOPIC, JSON.stringify(request), { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
  }
  await answerTo(admin, request)
  await otto.received(1)
  // Behind the answer, to each that hears both.
  await anna.subscribe('end', { qos: 1 })
  await otto.publish('end', '', { qos: 1 })
  await anna.received(1)
  expect(anna.messages.map(({ topic }) => topic)).toEqual(['end'])
  expect(otto.texts).toEqual(admin.texts)
})

it('is not there unless it is said: then the topic is one as others', async () => {
  const { ports } = await start('midge', folderMake(), 'allow_anonymous true\nlistener PORT_A')
  const client = await asking(ports.PORT_A)
  await client.publish(TOPIC, '{}', { qos: 1 })
  await client.received(1)
  expect(client.messages.map(({ topic }) => topic)).toEqual([TOPIC])
})
