// Whose a certificate is, by rules.
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
// Node 20 spoils it where a certificate is looked at before it is loaded; a listener has it loaded.
import 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { certificateUser } from '../../src/port/node/certificate_rules'
import type { CertificateRule, ListenerOptions } from '../../src/port/node/library/api'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { certificateMake, certificatesMake, hasOpenssl } from './certificates'
import { load } from './configuration_lines'
import { brokerListen, brokerMake, brokersEnd, folderMake } from './library'
import { Wire } from './wire'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

/** A certificate that signs itself, with Subject Alternative Names as openssl's files have them. */
function certificateOf(subject: string, names = ''): X509Certificate {
  const folder = folderMake({
    configuration: `[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\n`
      + `${names && 'subjectAltName=@names'}\n[names]\n${names}\n`,
  })
  const { status, stderr } = spawnSync('openssl', [
    'req', '-x509', '-config', 'configuration', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-keyout', 'key', '-out', 'certificate', '-days', '2', '-subj', subject, '-set_serial', '0x2a',
  ], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return new X509Certificate(readFileSync(join(folder, 'certificate')))
}

describe.skipIf(!hasOpenssl)('a rule', () => {
  const rule = (field: CertificateRule['field'], pattern: string, userName: string): CertificateRule =>
    ({ field, pattern, userName })

  it('names who has a name that fits, the first one', () => {
    const certificate = certificateOf(
      '/O=Home/OU=lamps/CN=lamp-7.hall',
      'DNS.1=lamp-7.home\nDNS.2=other\nemail=lamp@home\nURI=urn:dev:lamp\nIP=10.0.0.7')
    const of = (...rules: CertificateRule[]): string | undefined => certificateUser(certificate, rules)
    expect(of(rule('cn', 'lamp-*.*', '$2/$1'))).toBe('hall/7')
    expect(of(rule('cn', 'lamp-', 'x'), rule('cn', 'lamp', 'x'), rule('cn', 'LAMP-7.hall', 'x'))).toBeUndefined()
    expect(of(rule('cn', 'lampX7.hall', 'x'), rule('cn', 'lamp-7xhall', 'x'))).toBeUndefined()
    expect(of(rule('subject', 'CN=*,OU=lamps,O=Home', 'l-$1'))).toBe('l-lamp-7.hall')
    expect(of(rule('dns', 'o*', '$1'), rule('dns', '*.home', 'late'))).toBe('ther')
    expect(of(rule('email', '*@home', '$1'))).toBe('lamp')
    expect(of(rule('uri', 'urn:dev:*', '$1'))).toBe('lamp')
    expect(of(rule('ip', '10.0.0.*', 'ip$1'))).toBe('ip7')
    expect(of(rule('serial', '2A', 's'))).toBe('s')
    expect(of(rule('fingerprint', certificate.fingerprint256, 'f'))).toBe('f')
    // Nobody has an empty name.
    expect(of(rule('cn', 'lamp-7.hall*', '$1'))).toBeUndefined()
  })

  it('takes no name for one that is only in another\'s text', () => {
    const forged = certificateOf('/CN=x', 'DNS=a, DNS:admin\nURI=x:/, email:admin@home')
    expect(forged.subjectAltName).toMatch(/admin.*admin/)
    const rules = [rule('dns', 'admin', 'admin'), rule('email', 'admin@home', 'admin')]
    expect(certificateUser(forged, rules)).toBeUndefined()
    expect(certificateUser(certificateOf('/CN=x/CN=admin'), [rule('cn', '*', '$1')])).toBeUndefined()
  })
})

describe.skipIf(!hasOpenssl)('a listener with rules', () => {
  it('lets in whom one names, by that name, and nobody else by whatever means', async () => {
    const path = certificatesMake()
    certificateMake(join(path('.')), 'lamp', 'lamp-7')
    const listener: ListenerOptions = {
      tls: { certfile: path('server.crt'), keyfile: path('server.key'), cafile: path('ca.crt') },
      certificateUsers: [{ field: 'cn', pattern: 'lamp-*', userName: 'lamps/$1' }],
    }
    const { broker, port } = await brokerListen({ allowAnonymous: true, users: { anna: 'x' } }, listener)
    const url = `mqtts://localhost:${port}`
    const ca = readFileSync(path('ca.crt'))
    const shown = (name: string): object =>
      ({ ca, cert: readFileSync(path(`${name}.crt`)), key: readFileSync(path(`${name}.key`)) })
    await connect(url, 5, { ...shown('lamp'), username: 'admin', password: Buffer.from('x') })
    expect(broker.clients()).toMatchObject([{ userName: 'lamps/7' }])
    await expect(connect(url, 5, shown('client'))).rejects.toMatchObject({ code: 0x86 })
    const anna = { ca, username: 'anna', password: Buffer.from('x') }
    await expect(connect(url, 4, anna)).rejects.toMatchObject({ code: 4 })
  })

  it('has no Authentication Method', async () => {
    const { port } = await brokerListen({}, { certificateUsers: [{ field: 'cn', pattern: '*', userName: '$1' }] })
    const wire = new Wire(port)
    wire.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'x', keepalive: 0,
      properties: { authenticationMethod: 'SCRAM-SHA-256', authenticationData: Buffer.from('n,,n=otto,r=abc') },
    })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x8c })
  })
})

describe('certificate_user', () => {
  const lines = 'listener 1\ncafile @/f\ncertfile @/f\nkeyfile @/f\n'

  it('is read, word by word', () => {
    expect(load(`${lines}certificate_user dns *.lamps lamp-$1\ncertificate_user subject "CN=*,O=My Home" "$1 here"`, {
      f: '',
    }).listeners[0].certificateUsers).toEqual([
      { field: 'dns', pattern: '*.lamps', userName: 'lamp-$1' },
      { field: 'subject', pattern: 'CN=*,O=My Home', userName: '$1 here' },
    ])
  })

  it.each([
    ['certificate_user name * $1', 'certificate_user has name for a field; say cn, subject, dns,'],
    ['certificate_user cn * $2', 'has $2 in the User Name but no such star'],
    ['certificate_user cn *', 'has no pattern or no User Name'],
    ['certificate_user cn a b c', 'has more than three words'],
    ['certificate_user cn ***** x', 'has 5 stars'],
    ['use_identity_as_username true\ncertificate_user cn * $1', 'has both certificate_user and use_identity'],
  ])('is refused: %s', (line, sentence) => {
    expect(() => load(lines + line, { f: '' })).toThrow(sentence)
    expect(() => load('listener 1\ncertificate_user cn * $1')).toThrow('has keys of TLS but no certfile')
    expect(() => load(`${lines.replace('cafile @/f\n', '')}certificate_user cn * $1`, { f: '' })).toThrow('no cafile')
  })

  it('is judged in the library too, before it listens', async () => {
    const broker = await brokerMake()
    await expect(broker.listen({ port: 0, certificateUsers: [{ field: 'cn', pattern: 'a', userName: '$1' }] }))
      .rejects.toThrow(/no such star/)
  })
})
