// What --test-config says, which the start would find: all at once, with file and line.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { COMMAND_LINE } from '../interop/gateway_build'
import { certificatesMake, hasOpenssl } from './certificates'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'

afterEach(brokersEnd)

const user = (name: string): string => `${name}:${passwordHash('secret', false)}\n`

/** What it says of lines, in which @ stands for the folder. */
function testConfig(folder: string, lines: string): { status: number | null, said: string[] } {
  writeFileSync(join(folder, 'm.conf'), lines.replaceAll('@', folder))
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [COMMAND_LINE, '-c', 'm.conf', '--test-config'], { cwd: folder, encoding: 'utf8' })
  return { status, said: (stdout + stderr).trim().split('\n').map((line) => line.replaceAll(folder, '@')) }
}

describe('a second file', () => {
  it('is an error where it would take the first one\'s place for every listener', () => {
    const files = { acl: 'topic read a\n', acl2: 'topic #\n', pw: user('anna'), pw2: user('otto') }
    const lines = 'listener 1\npassword_file @/pw\nacl_file @/acl\nlistener 2\npassword_file @/pw2\nacl_file @/acl2'
    expect(() => load(lines, files)).toThrow(
      /m\.conf:5: there is a second password_file, and it would take the place.*\n.*m\.conf:6: .*second acl/)
    const { realms, listeners } = load(`per_listener_settings true\n${lines}`, files)
    expect(realms.map(({ accessFile, passwordFile }) => [accessFile?.path, passwordFile?.path]))
      .toEqual([[/acl$/, /pw$/], [/acl2$/, /pw2$/]].map((names) => names.map((name) => expect.stringMatching(name))))
    expect(listeners.map(({ realm }) => realm)).toEqual(realms.map(({ name }) => name))
    expect(() => load(`per_listener_settings true\n${lines}\nacl_file @/acl`, files))
      .toThrow('m.conf:8: there is a second acl_file for this listener')
  })

  it('is one for per_listener_settings too, where keys stand before it', () => {
    expect(() => load('listener 1\nallow_anonymous true\nper_listener_settings true'))
      .toThrow(/m\.conf:3: per_listener_settings must stand before keys .* as in .*m\.conf:2\./)
  })
})

describe('comments behind a value', () => {
  it('are told of, and the value counts', () => {
    const { limits, notices } = load('max_packet_size 65536  # bytes\nmax_keepalive 60 seconds')
    expect(limits).toEqual({ packetSize: 65_536, keepAlive: 60 })
    expect(notices.map((notice) => notice.replace(/^.*m\.conf:/, ''))).toEqual([
      '1: max_packet_size is 65536; what follows is a comment behind a value, which belongs on a line of its own',
      '2: max_keepalive is 60; what follows is not read',
    ])
  })

  it('are part of a path, as in mosquitto', () => {
    expect(() => load('password_file @/pw # users', { pw: user('anna') }))
      .toThrow('m.conf:1: password_file: the comment is part of the path, as in mosquitto; put it on a line of')
  })
})

it('a key of a listener before the first one opens one, as in mosquitto, and says so', () => {
  const { listeners, notices } = load('protocol websockets\nlistener 1884')
  expect(listeners).toMatchObject([{ host: '*', protocol: 'websockets' }, { port: 1884, host: '*' }])
  expect(notices).toEqual([expect.stringMatching(/m\.conf:1: protocol before the first listener opens one on port/)])
  expect(load('protocol mqtt\nmax_connections -1\nlistener 1884').listeners).toHaveLength(1)
})

it('a file that is included begins with no listener', () => {
  const folder = folderMake({ 'a.conf': 'max_connections 5\n' })
  expect(load(`listener 1884\ninclude_dir ${folder}\nmax_connections 7`).listeners)
    .toMatchObject([{ host: '*', maxConnections: 5 }, { port: 1884, maxConnections: 7 }])
})

describe.skipIf(!hasOpenssl)('--test-config finds what the start would find', () => {
  const folderWithFiles = (): string => {
    const folder = certificatesMake()('.')
    writeFileSync(join(folder, 'pw'), user('anna'))
    return join(folder, '.')
  }

  it('and nothing where nothing is wrong', () => {
    const folder = folderWithFiles()
    mkdirSync(join(folder, 'log'))
    expect(testConfig(folder, `
      listener 0 127.0.0.1
      cafile @/ca.crt
      certfile @/server.crt
      keyfile @/server.key
      password_file @/pw
      log_dest file @/log/m.log
      user nobody
      retry_interval 5`)).toEqual({
      status: 0,
      said: [expect.stringContaining('m.conf:9: retry_interval changes nothing'), 'm.conf is good.'],
    })
  })

  it('of bridges too', () => {
    const folder = folderWithFiles()
    const { status, said } = testConfig(folder, `listener 0 127.0.0.1
connection authority
address 127.0.0.1
bridge_cafile @/pw
connection key
address 127.0.0.1
bridge_cafile @/ca.crt
bridge_certfile @/server.crt
bridge_keyfile @/client.key
connection address
address 127.0.0.1
bridge_bind_address eth0`)
    expect([status, said]).toEqual([1, [
      expect.stringMatching(/m\.conf:2: @\/pw is no PEM of what it should be/),
      expect.stringMatching(/m\.conf:5: @\/client\.key is not the key of the certificate in @\/server\.crt/),
      expect.stringMatching(/m\.conf:10: .*eth0 is no IP address/),
    ]])
  })

  it('all of it in one run', () => {
    const folder = folderWithFiles()
    writeFileSync(join(folder, 'bad.pem'), 'no certificate')
    writeFileSync(join(folder, 'pw2'), 'anna\notto:plain\n')
    writeFileSync(join(folder, 'acl'), 'topics a\ntopic read a/#/b\n')
    const certificate = readFileSync(join(folder, 'server.crt'), 'utf8')
    writeFileSync(join(folder, 'whole.pem'), certificate.replace(/\n.{64}\n/, '\nx\n'))
    const lines = `
listener 1
certfile @/server.crt
keyfile @/client.key
listener 2
certfile @/bad.pem
keyfile @/server.key
listener 3
cafile @/bad.pem
certfile @/server.crt
keyfile @/server.key
listener 4
certfile @/whole.pem
keyfile @/server.key
listener 5
certfile @/server.crt
keyfile @/server.key
ciphers NOTHING-OF-THE-KIND
lisener 6
password_file @/pw2
acl_file @/acl
log_dest file @/nowhere/m.log
pid_file @/nowhere/m.pid
user nobody-of-that-name
listener 0 @/nowhere/m.sock
persistence true
persistence_location @/pw2/data
listener 1 ::1
listener 7 ::1
listener 7 ::1
protocol websockets
http_dir @/pw2
ban_file @
audit_log @/nowhere/audit
jwt_keys_url https://a/keys
jwt_issuer a
jwt_audience b
jwt_keys_cafile @/bad.pem`
    const { status, said } = testConfig(folder, lines)
    expect(status).toBe(1)
    const key = '@/client.key is not the key of the certificate in @/server.crt; give the one that is.'
    const wrong = [
      /m\.conf:19: lisener is no key/, /pw2:1: this is no user/, /pw2:2: the hash is in no form/,
      /acl:1: topics is no word/, /acl:2: a\/#\/b is no Topic Filter/, new RegExp(`m\\.conf:2: ${key}`),
      /m\.conf:5: @\/bad\.pem is no PEM/, /m\.conf:8: @\/bad\.pem is no PEM/, /m\.conf:12: @\/whole\.pem is no PEM/,
      /m\.conf:15: ciphers names none that OpenSSL knows/, /m\.conf:25: listener: the folder @\/nowhere does not exist/,
      /m\.conf:22: log_dest: the folder @\/nowhere does not exist/, /m\.conf:23: pid_file: the folder @\/nowhere/,
      /m\.conf:27: persistence_location: @\/pw2 is no folder/, /m\.conf:30: there is another listener on port 7 of ::1/,
      /m\.conf:30: http_dir: @\/pw2 is no folder/, /m\.conf:33: ban_file: @ is a folder/,
      /m\.conf:34: audit_log: the folder @\/nowhere/, /m\.conf:35: @\/bad\.pem is no PEM of a certificate/,
      ...process.getuid?.() === 0 ? [/m\.conf:24: there is no user nobody-of-that-name on this computer/] : [],
    ]
    for (const pattern of wrong) expect(said).toContainEqual(expect.stringMatching(pattern))
    expect(said).toHaveLength(wrong.length)
  })
})
