// Certificates whose time is over: the server's is replaced while it runs, a client's is refused.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { certificateMake, certificatesMake, hasOpenssl } from './certificates'
import { brokerListen, brokersEnd } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

describe.skipIf(!hasOpenssl)('with certificates of openssl', () => {
  it('SIGHUP puts a new certificate in the place of one that has expired, and drops nobody', async () => {
    const path = certificatesMake()
    certificateMake(dirname(path('server.crt')), 'old', 'localhost', -1)
    const replace = (name: string): void => {
      for (const kind of ['crt', 'key']) copyFileSync(path(`${name}.${kind}`), path(`used.${kind}`))
    }
    certificateMake(dirname(path('server.crt')), 'new', 'localhost')
    replace('old')
    writeFileSync(path('m.conf'), [
      'listener 0 127.0.0.1', `certfile ${path('used.crt')}`, `keyfile ${path('used.key')}`, 'allow_anonymous true', '',
    ].join('\n'))
    const program = new Program(process.execPath, [COMMAND_LINE, '--config', path('m.conf')])
    const port = / port (\d+)/.exec(await program.line(/listens on .* port \d+/))![1]
    const url = `mqtts://localhost:${port}`
    const ca = readFileSync(path('ca.crt'))
    await expect(connect(url, 5, { ca })).rejects.toThrow('certificate has expired')
    // This one does not look.
    const careless = await connect(url, 5, { ca, rejectUnauthorized: false })
    replace('new')
    program.signal('SIGHUP')
    await program.line(/read again/)
    const careful = await connect(url, 5, { ca })
    await careful.mqtt.subscribeAsync('a')
    await careless.publish('a', 'still here', { qos: 1 })
    await careful.received(1)
  })

  it('a client certificate that has expired is nobody\'s', async () => {
    const path = certificatesMake()
    certificateMake(dirname(path('server.crt')), 'expired', 'anna', -1)
    const cafile = path('ca.crt')
    const tls = { certfile: path('server.crt'), keyfile: path('server.key'), cafile }
    const identity = (name: string): object => ({
      ca: readFileSync(cafile), cert: readFileSync(path(`${name}.crt`)), key: readFileSync(path(`${name}.key`)),
    })
    const { broker, port } = await brokerListen({}, { tls: { ...tls, requireCertificate: true } })
    const named = await broker.listen({ port: 0, tls, identityAsUserName: true })
    const good = await connect(`mqtts://localhost:${port}`, 5, identity('client'))
    await expect(connect(`mqtts://localhost:${port}`, 5, identity('expired'))).rejects.toThrow()
    // Where a certificate is not required the handshake is good, but the name in it proves nothing.
    await expect(connect(`mqtts://localhost:${named}`, 5, identity('expired'))).rejects.toMatchObject({ code: 0x86 })
    await connect(`mqtts://localhost:${named}`, 5, identity('client'))
    await good.publish('a', 'x', { qos: 1 })
    expect(broker.statistics()['clients/connected']).toBe(2)
  })
})
