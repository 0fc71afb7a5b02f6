// Keys that mosquitto 2.1 has beside those of 2.0, and what of them clients see.
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { load } from './configuration_lines'
import { brokerListen, brokersEnd, until } from './library'
import { Wire } from './wire'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

it('are read', () => {
  const { limits, listeners, notices, hasControl } = load(`
    global_max_clients 5
    packet_buffer_size 4096
    enable_control_api true
    retain_expiry_interval 5
    retained_persistence true
    auth_plugin_deny_special_chars false
    disable_client_cert_date_checks false
    tls_keyform pem
    listener 1
    protocol websockets
    listener_auto_id_prefix room-`)
  expect(limits).toEqual({ sessions: 5 })
  expect(hasControl).toBe(true)
  expect(listeners).toMatchObject([{ assignedPrefix: 'room-' }])
  expect(notices.filter((notice) => / changes nothing: /.test(notice))).toHaveLength(4)
  expect(load('global_max_clients -1').limits).toEqual({})
})

it.each([
  ['disable_client_cert_date_checks true', 'is not supported: give the clients certificates that are good, and say'],
  ['tls_keyform engine', 'tls_keyform is only pem here'],
  ['plugin_load a /x/dynamic_security.so', 'write plugin and its'],
  ['protocol http_api', 'protocol http_api is not supported: say protocol websockets and dashboard true for a page'],
  ['plugin_use a', 'write plugin and its options behind the listener.'],
  ['listener_auto_id_prefix', 'listener_auto_id_prefix is empty'],
])('are refused with what to write instead: %s', (line, sentence) => {
  expect(() => load(`listener 1\n${line}`)).toThrow(sentence)
})

describe('global_max_clients', () => {
  it('refuses who would have one session more than there may be, with 0x89, by AUTH too', async () => {
    const { broker, port, url } = await brokerListen(
      { limits: { sessions: 2 }, users: { anna: 'x' }, allowAnonymous: true })
    const kept = { clientId: 'kept', clean: false, properties: { sessionExpiryInterval: 100 } }
    await (await connect(url, 5, kept)).end()
    await until(() => broker.clients().length === 0)
    const other = await connect(url, 5, { clientId: 'other' })
    await expect(connect(url, 5, { clientId: 'third' })).rejects.toMatchObject({ code: 0x89 })
    await expect(connect(url, 4, { clientId: 'third' })).rejects.toMatchObject({ code: 3 })
    const wire = new Wire(port)
    wire.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'x', keepalive: 0,
      properties: { authenticationMethod: 'SCRAM-SHA-256', authenticationData: Buffer.from('n,,n=anna,r=abc') },
    })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x89 })
    // Who has a session comes again.
    await connect(url, 5, kept)
    await other.end()
    await until(() => broker.clients().length === 1)
    await connect(url, 5, { clientId: 'third' })
  })
})

it('listener_auto_id_prefix: what the broker calls the listener\'s clients', async () => {
  const { url } = await brokerListen({}, { assignedPrefix: 'room-' })
  const client = await connect(url, 5, { clientId: '' })
  expect(client.connack.properties?.assignedClientIdentifier).toMatch(/^room-/)
})
