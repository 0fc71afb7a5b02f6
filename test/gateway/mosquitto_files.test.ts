// Files in the words of mosquitto.conf: what clients see of them is what they see of mosquitto. Where that is not
// installed the gateway's answers are looked at alone.
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { programsEnd } from '../interop/program'
import { type Broker, hasMosquitto, start } from './beside'
import { certificatesMake, hasOpenssl } from './certificates'
import { brokersEnd } from './library'
import { type Carrier, certificateOf, probe } from './probes'

let folder = ''

beforeAll(() => {
  if (!hasOpenssl) return
  const path = certificatesMake()
  folder = path('.')
  writeFileSync(path('users'), `anna:${passwordHash('secret', false)}\n`)
  writeFileSync(path('others'), `stranger:${passwordHash('secret', false)}\n`)
  writeFileSync(path('access'), [
    'topic read open/#', 'user anna', 'topic readwrite anna/#', 'topic deny anna/secret/#', 'topic write open/#',
    'user stranger', 'topic read other/x', '',
  ].join('\n'))
  writeFileSync(path('patterns'), [
    'pattern readwrite %u/#', 'pattern deny anna/x', 'user anna', 'topic read anna/x', '',
  ].join('\n'))
  writeFileSync(path('nothing'), '# nothing is allowed\n')
  mkdirSync(path('data'))
  mkdirSync(path('more'))
  writeFileSync(path('more/10.conf'), 'allow_anonymous true\n')
})

afterEach(programsEnd)
afterAll(brokersEnd)

interface Sample {
  lines: string
  /** How the ports are spoken to; `mqtt` unless told. */
  carriers?: Record<string, Carrier>
  /** Whether clients show the folder's client certificate. */
  hasCertificate?: boolean
  /** Nothing of it says where to listen. */
  hasNoListener?: boolean
}

const TLS = 'cafile @/ca.crt\ncertfile @/server.crt\nkeyfile @/server.key'

const SAMPLES: Record<string, Sample> = {
  'nothing': { lines: '# nothing', hasNoListener: true },
  'a password file without a listener': { lines: 'password_file @/users', hasNoListener: true },
  'a listener alone': { lines: 'listener PORT_A' },
  'a listener for everybody': { lines: 'listener PORT_A\nallow_anonymous true' },
  'users': { lines: 'listener PORT_A\nallow_anonymous false\npassword_file @/users' },
  'users, and others too': { lines: 'allow_anonymous true\npassword_file @/users\nlistener PORT_A 127.0.0.1' },
  'the last word about anonymous clients': {
    lines: 'listener PORT_A\nallow_anonymous false\nlistener PORT_B\nallow_anonymous true',
  },
  'an access list': { lines: 'listener PORT_A\nallow_anonymous true\npassword_file @/users\nacl_file @/access' },
  'an access list without users': { lines: 'listener PORT_A\nallow_anonymous true\nacl_file @/access' },
  'an access list with patterns': { lines: 'listener PORT_A\nallow_anonymous true\nacl_file @/patterns' },
  'an access list of nothing': { lines: 'listener PORT_A\nallow_anonymous true\nacl_file @/nothing' },
  'WebSocket beside MQTT': {
    lines: 'listener PORT_A\nprotocol mqtt\nlistener PORT_B\nprotocol websockets\nallow_anonymous true',
    carriers: { PORT_B: 'ws' },
  },
  'TLS beside MQTT, with users': {
    lines: `password_file @/users\nallow_anonymous false\nlistener PORT_A 127.0.0.1\nlistener PORT_B\n${TLS}`,
    carriers: { PORT_B: 'mqtts' },
  },
  'WebSocket over TLS': {
    // mosquitto 2.0 does not start where it is the only one.
    lines: `listener PORT_A\nprotocol websockets\n${TLS}\nallow_anonymous true\nlistener PORT_B`,
    carriers: { PORT_A: 'wss' },
  },
  'certificates that are users': {
    lines: `listener PORT_A\n${TLS}\nrequire_certificate true\nuse_identity_as_username true\nacl_file @/patterns`,
    carriers: { PORT_A: 'mqtts' }, hasCertificate: true,
  },
  'certificates and users': {
    lines: `listener PORT_A\n${TLS}\nrequire_certificate true\npassword_file @/users`,
    carriers: { PORT_A: 'mqtts' }, hasCertificate: true,
  },
  'per_listener_settings': {
    lines: `per_listener_settings true
      listener PORT_A
      password_file @/users
      acl_file @/access
      listener PORT_B
      allow_anonymous true
      listener PORT_C
      password_file @/others
      acl_file @/access
      allow_anonymous true
      listener PORT_D`,
  },
  'per_listener_settings with what stands before a listener': {
    lines: 'per_listener_settings true\nallow_anonymous true\nacl_file @/nothing\nlistener PORT_A',
  },
  'per_listener_settings and WebSocket': {
    lines: `per_listener_settings true
      retain_available true
      listener PORT_A
      protocol websockets
      allow_anonymous true
      acl_file @/patterns
      listener PORT_B
      password_file @/users
      allow_zero_length_clientid false`,
    carriers: { PORT_A: 'ws' },
  },
  'clientid_prefixes before a listener': {
    lines: 'clientid_prefixes home-\nlistener PORT_A\nallow_anonymous true\npassword_file @/users',
  },
  'clientid_prefixes behind a listener': {
    lines: 'listener PORT_A\nlistener PORT_B\nclientid_prefixes probe-\nallow_anonymous true',
  },
  'no empty Client Identifiers': {
    lines: 'listener PORT_A\nallow_anonymous true\nallow_zero_length_clientid false',
  },
  'port behind a listener': {
    lines: 'allow_anonymous true\nlistener PORT_A\nport PORT_B\nprotocol websockets',
    carriers: { PORT_A: 'ws' },
  },
  'numbers with comments': {
    lines: `listener PORT_A # here
      allow_anonymous true # all
      max_queued_bytes 1048576     # a megabyte
      max_queued_messages 1500
      max_inflight_messages 1500
      memory_limit 512000000
      queue_qos0_messages true
      max_keepalive 65535`,
  },
  'max_qos': { lines: 'listener PORT_A\nmax_qos 0\nallow_anonymous true\nlistener PORT_B\nmax_qos 1\nlistener PORT_C' },
  'persistence and a log': {
    lines: `persistence true
      persistence_location @/data/
      autosave_interval seconds 30
      autosave_on_changes true
      log_dest file @/data/broker.log
      log_type all
      log_timestamp_format %Y-%m-%dT%H:%M:%S
      message_size_limit 0
      max_packet_size 262144
      listener PORT_A
      allow_anonymous true`,
  },
  'included files': { lines: 'listener PORT_A\nallow_anonymous false\ninclude_dir @/more' },
}

async function answersOf(broker: Broker, sample: Sample): Promise<Record<string, unknown>> {
  const { lines, carriers = {}, hasCertificate, hasNoListener } = sample
  const { program, ports } = await start(broker, folder, lines, hasNoListener)
  const shown = hasCertificate ? certificateOf(`${folder}/client.crt`, `${folder}/client.key`) : {}
  const answers: Record<string, unknown> = {}
  for (const [name, port] of Object.entries(ports)) answers[name] = await probe(carriers[name] ?? 'mqtt', port, shown)
  program.signal('SIGTERM')
  await program.end()
  return answers
}

describe.skipIf(!hasOpenssl)('files mean what they mean to mosquitto', () => {
  it.each(Object.entries(SAMPLES))('%s', async (_, sample) => {
    const ours = await answersOf('midge', sample)
    expect(Object.keys(ours)).not.toEqual([])
    if (!hasMosquitto) return
    const theirs = JSON.stringify(await answersOf('mosquitto', sample))
    // An empty Client Identifier is refused with a word for it, where mosquitto has none. [MQTT-3.1.3-8]
    expect(ours).toEqual(JSON.parse(theirs.replaceAll('"refused with 128"', '"refused with 133"')))
  })
})
