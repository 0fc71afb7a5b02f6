// mosquitto.conf as the gateway reads it: what each key comes to, and the sentence for what it refuses.
import { statSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readAccessRules, rulesAlone } from '../../src/port/node/configuration/access_file'
import { readPasswordFile, writePasswordFile } from '../../src/port/node/configuration/password_file'
import { passwordHash } from '../../src/port/node/credential'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'

afterEach(brokersEnd)

describe('listeners', () => {
  it('without any: this computer alone', () => {
    expect(load('allow_anonymous false')).toMatchObject({ realms: [{ allowAnonymous: false }] })
    expect(load('# nothing\n\n')).toMatchObject({ listeners: [{}], realms: [{ allowAnonymous: true }] })
  })

  it('takes port, address, protocol, limits and Unix sockets, each its own', () => {
    const { listeners, realms } = load(`
      listener 1884
      max_connections 10
      listener 9001 127.0.0.1
      protocol websockets
      max_connections -1
      listener 0 /run/midge.sock
      listener 0 midge.sock
      listener 0 127.0.0.1
      maximum_qos 1
      listener 1885
      socket_domain ipv4
      listener_allow_anonymous true
      accept_protocol_versions , 4,  5`)
    expect(listeners).toMatchObject([
      { port: 1884, host: '*', maxConnections: 10 },
      { port: 9001, host: '127.0.0.1', protocol: 'websockets' },
      { path: '/run/midge.sock' },
      { path: 'midge.sock' },
      { port: 0, host: '127.0.0.1', qosMax: 1 },
      { port: 1885, host: '0.0.0.0', allowAnonymous: true, protocolVersions: [4, 5] },
    ])
    expect(realms).toMatchObject([{ allowAnonymous: false }])
    expect(listeners.map(({ realm }) => realm)).toEqual(Array(6).fill(realms[0].name))
  })

  it('takes an interface: the addresses of it that the listener could be on', () => {
    const hosts = (lines: string): unknown[] => load(lines).listeners.map(({ port, host }) => [port, host])
    const own = networkInterfaces().lo ?? networkInterfaces().lo0!
    const name = networkInterfaces().lo ? 'lo' : 'lo0'
    const every = own.map(({ address, scopeid }) => scopeid ? `${address}%${name}` : address)
    expect(hosts(`listener 1884\nbind_interface ${name}`)).toEqual(every.map((address) => [1884, address]))
    expect(hosts(`listener 1884\nbind_interface ${name}\nsocket_domain ipv4`)).toEqual([[1884, '127.0.0.1']])
    expect(hosts(`bind_interface ${name}`)).toEqual([[undefined, undefined]])
    expect(hosts(`listener 1884 127.0.0.1\nbind_interface ${name}\nlistener 1885`))
      .toEqual([[1884, '127.0.0.1'], [1885, '*']])
    expect(() => load('listener 1884\nbind_interface wlan77')).toThrow(/m\.conf:2: bind_interface is wlan77; this comp/)
    expect(() => load(`listener 1884 192.0.2.1\nbind_interface ${name}`)).toThrow('has no address for 192.0.2.1.')
    expect(() => load(`listener 0 /a\nbind_interface ${name}`)).toThrow('a Unix socket has no interface')
  })

  it('takes port and bind_address of before there were listeners', () => {
    expect(load('port 1884').listeners).toMatchObject([{ port: 1884, host: '*' }])
    expect(load('bind_address 10.0.0.1\nlistener 1885 ::1').listeners)
      .toMatchObject([{ host: '10.0.0.1' }, { port: 1885, host: '::1' }])
  })

  it('takes TLS whole', () => {
    const files = { 'a.crt': '', 'a.key': '', 'ca.crt': '', 'dh.pem': '' }
    const [listener] = load(`
      listener 8883
      certfile @/a.crt
      keyfile @/a.key
      cafile @/ca.crt
      capath @
      dhparamfile @/dh.pem
      require_certificate true
      use_identity_as_username true
      use_subject_as_username false
      tls_version tlsv1.3
      set_tcp_nodelay true`, files).listeners
    expect(listener).toMatchObject({
      identityAsUserName: true, subjectAsUserName: false, noDelay: true,
      tls: { requireCertificate: true, minVersion: 'TLSv1.3' },
    })
    expect(() => load('listener 8883\ncertfile @/a.crt', files))
      .toThrow('m.conf:1: this listener has no keyfile; add it.')
    expect(() => load('listener 8883\nrequire_certificate true')).toThrow('has keys of TLS but no certfile')
    expect(() => load('listener 1\ncertfile @/a.crt\nkeyfile @/a.key\nrequire_certificate true', files))
      .toThrow('has no cafile')
  })
})

it('takes limits, with 0 for none', () => {
  expect(load(`
    max_inflight_messages 20
    max_queued_messages 0
    max_packet_size 65536
    max_keepalive 0
    max_topic_alias 0
    max_topic_alias_broker 100
    sys_interval 5
    global_max_connections 500
    persistent_client_expiration 14d
    max_queued_bytes 1000
    max_inflight_bytes 0
    memory_limit 1000000
    queue_qos0_messages true
    retain_available false
    allow_duplicate_messages true`).limits).toEqual({
    connections: 500, inflightMessages: 20, queuedMessages: 0, packetSize: 65_536, keepAlive: 0, topicAliases: 0,
    topicAliasesGiven: 16, receiveMaximum: 20, sysInterval: 5,
    sessionExpiry: 1_209_600, queuedBytes: 1_000, memory: 1_000_000, queueQos0: true, retain: false,
    duplicates: true,
  })
  expect(load('max_inflight_messages 0').limits).toEqual({ inflightMessages: 65_535, receiveMaximum: 256 })
})

it('takes where and what to log', () => {
  const { log, pidFile, systemUser } = load(`
    log_dest stderr
    log_dest file @/midge.log
    log_type error
    log_type warning
    log_timestamp false
    connection_messages false
    pid_file @/midge.pid
    user nobody`)
  expect(log.destinations)
    .toMatchObject([{ kind: 'stderr' }, { kind: 'file', file: expect.stringMatching(/midge\.log$/) }])
  expect([...log.types]).toEqual(['error', 'warning'])
  expect(log).toMatchObject({ isTimestamped: false, hasConnections: false })
  expect(pidFile).toMatchObject({ path: expect.stringMatching(/midge\.pid$/) })
  expect(systemUser).toMatchObject({ name: 'nobody' })
})

it('takes the files of include_dir in the order of their names', () => {
  const folder = folderMake({ 'b.conf': 'sys_interval 2', 'A.conf': 'sys_interval 1\nport 1', 'c.txt': 'nonsense' })
  const options = load(`include_dir ${folder}\nport 2`)
  expect(options.limits.sysInterval).toBe(2)
  expect(options.listeners).toMatchObject([{ port: 2, host: '*' }])
  // A mistake is told with the file that it is in.
  writeFileSync(join(folder, 'b.conf'), 'port 1\nprot 2')
  expect(() => load(`include_dir ${folder}`)).toThrow(`${join(folder, 'b.conf')}:2: prot is no key`)
  expect(() => load('include_dir @')).toThrow('m.conf:1: include_dir leads back to itself')
})

describe('what is kept', () => {
  it('is nothing where it is not asked for', () => {
    expect(load('persistence_location /var/lib/midge').persistence).toBeUndefined()
    expect(load('persistence false\npersistence_file a.db').persistence).toBeUndefined()
  })

  it('is in midge.db of the current folder, or where it is told', () => {
    expect(load('persistence true').persistence).toEqual({ location: resolve('midge.db') })
    expect(load('persistence true\npersistence_location /var/lib/midge/').persistence)
      .toEqual({ location: '/var/lib/midge/midge.db' })
    expect(load('persistence true\npersistence_location /a b\npersistence_file c.db').persistence)
      .toEqual({ location: '/a b/c.db' })
    expect(load('persistence true\npersistence_file /a/b/c.db').persistence).toEqual({ location: '/a/b/c.db' })
    expect(load('persistence true\npersistence_location /a\npersistence_file /b/c.db').persistence)
      .toEqual({ location: '/a/b/c.db' })
  })

  it('is kept at once, whatever the file says of saving', () => {
    const { notices } = load('persistence true\nautosave_interval 1800\nautosave_on_changes true')
    expect(notices).toHaveLength(2)
    expect(notices[0]).toMatch(/m\.conf:2: autosave_interval changes nothing: what is acknowledged is kept at once$/)
  })
})

describe('what is refused', () => {
  it('is told all at once', () => {
    expect(() => load('lisener 1\nport 1883\nmax_qos 3\nlistener 1884\ncertfile @/m.conf')).toThrow(
      /m\.conf:1: lisener is no key .*\n.*m\.conf:3: max_qos is 3; .*\n.*m\.conf:4: this listener has no keyfile/)
  })

  it.each([
    ['lisener 1883', 'lisener is no key of mosquitto.conf that Midge knows; delete the line.'],
    ['listener', 'listener is empty; say a number from 0 to 65535.'],
    ['listener 99999', 'listener is 99999; say a number from 0 to 65535.'],
    ['allow_anonymous maybe', 'allow_anonymous is maybe; say true or false.'],
    ['protocol http', 'protocol is http; say mqtt, websockets.'],
    ['password_file /nowhere/pw', 'password_file: /nowhere/pw does not exist; give the path of a file that does.'],
    ['max_packet_size 19', 'max_packet_size is 19; say a number from 20 to 2147483647.'],
    ['persistent_client_expiration 14', 'persistent_client_expiration is 14; say a number and s, h, d, w, m or y'],
    ['persistent_client_expiration 0d', 'persistent_client_expiration is 0d; say a number and s,'],
    [`listener 0 /${'x'.repeat(107)}`, 'the path has over 107 bytes; give a shorter one.'],
    ['log_dest lpt1', 'log_dest is lpt1; say stdout, stderr, syslog, topic, file <path> or none.'],
    ['tls_version tlsv2', 'tls_version is tlsv2; say tlsv1.2, tlsv1.3.'],
    ['accept_protocol_versions 5,6', 'accept_protocol_versions is 5,6; say some of 3,4,5.'],
    ['persistence maybe', 'persistence is maybe; say true or false.'],
    ['persistence_file a/..', 'persistence_file is a/..; say the name of a file.'],
    ['plugin /a.so', 'a.so is a program for mosquitto alone: give users by password_file'],
    ['connection cloud', 'connection cloud has no address'],
    ['topic # both', 'topic belongs to a bridge'],
    ['include_dir /nowhere', '/nowhere cannot be read; give include_dir a folder that exists.'],
  ])('%s', (line, sentence) => {
    expect(() => load(`# first\n${line}`)).toThrow(`m.conf:2: ${sentence}`)
  })

  it('what only confirms what is so anyway is let through', () => {
    load('persistence false\nper_listener_settings false\nupgrade_outgoing_qos false')
  })
})

describe('acl_file', () => {
  const read = (acl: string) => rulesAlone(readAccessRules(join(folderMake({ acl }), 'acl'), { file: 'm', line: 1 }))

  it('reads users, patterns and words of access', () => {
    expect(read(`
      topic read $SYS/#
      # comment
      user anna
      topic write anna/in
      topic anna/with spaces/#
      topic deny anna/secret
      pattern readwrite home/%u/%c`)).toEqual([
      { userName: null, access: 'read', filter: '$SYS/#' },
      { userName: 'anna', access: 'write', filter: 'anna/in' },
      { userName: 'anna', access: 'readwrite', filter: 'anna/with spaces/#' },
      { userName: 'anna', access: 'deny', filter: 'anna/secret' },
      { access: 'readwrite', filter: 'home/%u/%c' },
    ])
  })

  it('a file without rules allows nothing', () => {
    expect(read('# empty\n')).toEqual([{ access: 'deny', filter: '#' }])
  })

  it('says where a line is wrong', () => {
    expect(() => read('user a\ntopics a/b')).toThrow(/acl:2: topics is no word of an acl_file/)
    expect(() => read('topic read a/#/b')).toThrow(/acl:1: a\/#\/b is no Topic Filter/)
  })
})

describe('password_file', () => {
  it('is written and read, one user a line', () => {
    const path = join(folderMake(), 'pw')
    expect(writePasswordFile(path, 'anna', passwordHash('a', false))).toBe(false)
    expect(writePasswordFile(path, 'otto', passwordHash('o', true))).toBe(false)
    expect(writePasswordFile(path, 'anna', passwordHash('b', false))).toBe(true)
    expect(Object.keys(readPasswordFile(path, { file: '', line: 0 })).sort()).toEqual(['anna', 'otto'])
    expect(writePasswordFile(path, 'anna', null)).toBe(true)
    expect(Object.keys(readPasswordFile(path, { file: '', line: 0 }))).toEqual(['otto'])
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  it('does not repeat a line that is wrong', () => {
    const path = join(folderMake({ pw: 'anna:plainpassword\n' }), 'pw')
    let message = ''
    try {
      readPasswordFile(path, { file: '', line: 0 })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/pw:1: the hash is in no form/)
    expect(message).not.toContain('plainpassword')
  })
})
