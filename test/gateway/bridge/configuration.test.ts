// Bridges in mosquitto.conf: what each key comes to, and the sentence for what is refused.
import { afterEach, describe, expect, it } from 'vitest'
import { load } from '../configuration_lines'
import { brokersEnd } from '../library'

afterEach(brokersEnd)

const FILES = { 'ca.crt': '', 'a.crt': '', 'a.key': '' }

it('takes a bridge whole', () => {
  const { bridges, notices } = load(`
    listener 1883
    connection cloud
    addresses one.example:8883 two.example [2001:db8::1]:1884 ::1:1885
    round_robin true
    topic # both 2 home/ site/7/
    topic "" in 1 here there
    topic plain
    topic "two words/#" in 1 "my house/" ""
    topic empty out 0 "" far/
    remote_clientid me
    remote_username anna
    bridge_auth_method SCRAM-SHA-256
    remote_password secret
    local_clientid mine
    local_username site
    cleansession false
    local_cleansession true
    notifications true
    notifications_local_only true
    notification_topic state
    keepalive_interval 30
    restart_timeout 10 60
    idle_timeout 90
    start_type lazy
    threshold 20
    try_private false
    bridge_protocol_version mqttv50
    bridge_max_packet_size 1000
    bridge_receive_maximum 5
    bridge_max_topic_alias 3
    bridge_session_expiry_interval 3600
    bridge_outgoing_retain false
    bridge_attempt_unsubscribe false
    bridge_bind_address 10.0.0.1
    bridge_queue_policy latest
    bridge_queue_bytes 1000000
    bridge_cafile @/ca.crt
    bridge_capath @
    bridge_certfile @/a.crt
    bridge_keyfile @/a.key
    bridge_insecure true
    bridge_alpn mqtt
    bridge_tls_version tlsv1.3
    connection other
    address 10.0.0.2
    clientid old
    username otto
    password word
    restart_timeout 20`, FILES)
  expect(notices).toEqual([])
  expect(bridges).toMatchObject([{
    name: 'cloud', roundRobin: true,
    addresses: [
      { host: 'one.example', port: 8883 }, { host: 'two.example', port: 1883 }, { host: '2001:db8::1', port: 1884 },
      { host: '::1', port: 1885 },
    ],
    topics: [
      { pattern: '#', direction: 'both', qos: 2, localPrefix: 'home/', remotePrefix: 'site/7/' },
      { pattern: '', direction: 'in', qos: 1, localPrefix: 'here', remotePrefix: 'there' },
      { pattern: 'plain', direction: 'out', qos: 0, localPrefix: '', remotePrefix: '' },
      { pattern: 'two words/#', direction: 'in', qos: 1, localPrefix: 'my house/', remotePrefix: '' },
      { pattern: 'empty', direction: 'out', qos: 0, localPrefix: '', remotePrefix: 'far/' },
    ],
    remote: { clientIdentifier: 'me', userName: 'anna', password: 'secret', method: 'SCRAM-SHA-256' },
    local: { clientIdentifier: 'mine', userName: 'site' },
    cleanSession: false, localCleanSession: true, notifications: true, notificationsLocalOnly: true,
    notificationTopic: 'state', keepAlive: 30, restartTimeout: [10, 60], idleTimeout: 90, start: 'lazy', threshold: 20,
    tryPrivate: false, protocolVersion: 5, packetSize: 1000, receiveMaximum: 5, topicAliases: 3, sessionExpiry: 3600,
    outgoingRetain: false, attemptUnsubscribe: false, bindAddress: '10.0.0.1', queuePolicy: 'latest', queuedBytes: 1e6,
    tls: { insecure: true, alpn: ['mqtt'], minVersion: 'TLSv1.3' },
  }, {
    name: 'other', addresses: [{ host: '10.0.0.2', port: 1883 }], restartTimeout: 20,
    remote: { clientIdentifier: 'old', userName: 'otto', password: 'word' },
  }])
  expect(bridges[1].tls).toBeUndefined()
})

const BRIDGE = 'connection up\naddress 10.0.0.1\n'

describe('what is refused', () => {
  it.each([
    ['address 10.0.0.1', 'address belongs to a bridge; write connection <name> first.'],
    ['connection up', 'connection up has no address; add the other broker\'s.'],
    [`${BRIDGE}connection up`, 'there is a connection up already'],
    [`${BRIDGE}address ::1`, '::1 is no address: one of IPv6 needs its port, or brackets.'],
    [`${BRIDGE}topic # up`, 'topic #: its direction is up; say out, in or both.'],
    [`${BRIDGE}topic # in 3`, 'topic #: its QoS is 3; say 0, 1 or 2.'],
    [`${BRIDGE}topic # in 0 a/ b/ c/`, 'has words behind its prefixes'],
    [`${BRIDGE}topic # in 0 a b/`, 'a# is no Topic Filter: a prefix ends with a slash.'],
    [`${BRIDGE}bridge_queue_policy drop`, 'bridge_queue_policy is drop; say newest, oldest, latest.'],
    [`${BRIDGE}bridge_queue_bytes -1`, 'bridge_queue_bytes is -1; say a number from 0'],
    [`${BRIDGE}topic $share/g/# in`, 'a bridge shares no subscription with others.'],
    [`${BRIDGE}topic "" in 0 a`, 'without a pattern it needs both prefixes'],
    [`${BRIDGE}topic a/#/b`, 'a/#/b is no Topic Filter'],
    [`${BRIDGE}topic # in 0 +/ b/`, 'its prefixes have wildcards'],
    [`${BRIDGE}keepalive_interval 65536`, 'keepalive_interval is 65536; say a number from'],
    [`${BRIDGE}restart_timeout 10 5`, 'restart_timeout is 5; say a number from 10'],
    [`${BRIDGE}start_type manual`, 'start_type is manual; say automatic, once, lazy.'],
    [`${BRIDGE}bridge_protocol_version 5`, 'say mqttv31, mqttv311, mqttv50.'],
    [`${BRIDGE}remote_password x`, 'has a remote_password but no remote_username; add it.'],
    [`${BRIDGE}bridge_certfile @/a.crt`, 'has no bridge_keyfile; add it.'],
    [`${BRIDGE}bridge_certfile @/a.crt\nbridge_keyfile @/a.key`, 'nothing to judge the other broker by; add'],
    [`${BRIDGE}bridge_cafile @/none.crt`, 'does not exist'],
    [`${BRIDGE}bridge_tls_version tlsv2`, 'say tlsv1.2, tlsv1.3.'],
    [`${BRIDGE}bridge_auth_method PLAIN`, 'bridge_auth_method is PLAIN; say SCRAM-SHA-256.'],
    [`${BRIDGE}bridge_psk 00`, 'connection up has no bridge_identity; add it.'],
    [`${BRIDGE}bridge_identity x`, 'connection up has no bridge_psk; add it.'],
    [`${BRIDGE}bridge_psk xyz`, 'bridge_psk is no key; give it in hexadecimal.'],
    [`${BRIDGE}bridge_identity x\nbridge_psk 00\nbridge_cafile @/ca.crt`, 'has both bridge_psk and certificates'],
    [`${BRIDGE}bridge_require_ocsp true`, 'bridge_require_ocsp is not supported: say false.'],
  ])('%s', (lines, sentence) => {
    expect(() => load(`listener 1883\n${lines}`, FILES)).toThrow(sentence)
  })
})

it('says what changes nothing', () => {
  const { notices } = load(`listener 1883\n${BRIDGE}local_password x\nbridge_reload_type lazy\nbridge_insecure false\n`
    + 'bridge_tcp_keepalive 1 2 3\nbridge_require_ocsp false\n')
  expect(notices.map((notice) => notice.replace(/^.*?:(\d+): /, '$1 '))).toEqual([
    '4 local_password changes nothing: the bridge is this program, and need not prove who it is',
    '5 bridge_reload_type changes nothing: bridges are not read again while the broker runs',
    '7 bridge_tcp_keepalive changes nothing: keepalive_interval finds a connection that is dead',
    '2 connection up has no TLS, as it has no bridge_cafile or bridge_capath',
  ])
})

it('a user here is one of the listeners\', where these have the same', () => {
  const lines = `${BRIDGE}local_username site`
  expect(load(`listener 1883\n${lines}`).bridges[0].local).toEqual({ userName: 'site', realm: 'all listeners' })
  const { bridges, notices } = load(`per_listener_settings true\nlistener 1883\nlistener 1884\n${lines}`)
  expect(bridges[0].local?.userName).toBeUndefined()
  expect(notices).toMatchObject([expect.stringMatching(/m\.conf:6: local_username changes nothing: with per_listener/)])
})

it('a comment behind a number is told of, and # is a topic', () => {
  const { bridges, notices } = load(`listener 1883\n${BRIDGE}keepalive_interval 30 # seconds\ntopic # out`)
  expect(bridges).toMatchObject([{ keepAlive: 30, topics: [{ pattern: '#', direction: 'out' }] }])
  expect(notices).toMatchObject([expect.stringMatching(/m\.conf:4: keepalive_interval is 30; what follows is a comm/)])
})
