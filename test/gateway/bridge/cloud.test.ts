// The bridges to brokers in the cloud that docs/gateway.md shows, as they stand there, against stand-ins with the rules
// of those brokers.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfiguration } from '../../../src/port/node/configuration/load'
import type { BridgeOptions } from '../../../src/port/node/library/api'
import { certificateMake, certificatesMake, hasOpenssl } from '../certificates'
import { until } from '../library'
import { CLOUDS, cloudStart } from './clouds'
import { FlakyLine } from './flaky_line'
import { bridged, hear, householdEnd, isUp, numbers } from './household'

afterEach(householdEnd)

const page = readFileSync(new URL('../../../docs/gateway.md', import.meta.url), 'utf8')

/** The block of the page that begins with a connection's name. */
const blockOf = (name: string): string => new RegExp(`^\`\`\`\nconnection ${name}\n([^]*?)^\`\`\``, 'm').exec(page)![0]
  .replaceAll('```', '')

/** The bridge of a block: its files are the test's, and its broker is on a port of this computer. */
function bridgeOf (name: string, port: number, path: (file: string) => string): BridgeOptions {
  const block = blockOf(name)
  for (const [, key, file] of block.matchAll(/^bridge_(cafile|certfile|keyfile) \/etc\/midge\/(.*)$/gm)) {
    const own = { cafile: 'ca.crt', certfile: 'client.crt', keyfile: 'client.key' }[key]!
    if (file !== own) writeFileSync(path(file), readFileSync(path(own)))
  }
  writeFileSync(path('m.conf'), 'listener 0 127.0.0.1\nallow_anonymous true\n' + block
    .replaceAll('/etc/midge', dirname(path('x'))).replace(/^address .*:\d+$/m, `address localhost:${port}`))
  const [bridge] = loadConfiguration(path('m.conf')).bridges
  return { ...bridge, restartTimeout: 0.05 }
}

describe.skipIf(!hasOpenssl).each(Object.keys(CLOUDS) as (keyof typeof CLOUDS)[])('%s', (name) => {
  const qosMax = name === 'hivemq' ? 2 : 1
  const sizeMax = { aws: 131_072, azure: 524_288, hivemq: 5_242_880 }[name]

  it('takes what goes out, sends what comes in, and nothing breaks its rules', async () => {
    const path = certificatesMake()
    const { standIn, broken } = await cloudStart(name, path)
    const lower = await bridged([bridgeOf(name, standIn.port, path)])
    const heard = await hear(lower.broker, 'commands/#')
    await until(() => isUp(lower) && standIn.of('subscribe').length === 1)
    for (const qos of [0, 1, 2] as const) await lower.broker.publish(`sensors/${qos}`, 'x', { qos, retain: true })
    await until(() => standIn.messages.length === 3)
    expect(standIn.messages.map(({ topic, qos, retain }) => [topic, qos, retain]).sort()).toEqual([0, 1, 2].map(qos =>
      [`site/7/sensors/${qos}`, Math.min(qos, qosMax), name === 'hivemq']))
    const command = { cmd: 'publish', topic: 'site/7/commands/a', payload: 'on', qos: 1, messageId: 5, dup: false }
    standIn.send({ ...command, retain: false } as never)
    await until(() => heard.length === 1)
    expect(heard[0]).toMatchObject({ topic: 'commands/a', text: 'on' })
    await lower.broker.publish('sensors/large', Buffer.alloc(Math.min(sizeMax, 4_000_000)), { qos: 1 })
      .catch(() => undefined)
    await lower.broker.publish('sensors/small', 'y', { qos: 1 })
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(standIn.texts.at(-1)).toBe('y')
    expect(broken).toEqual([])
    expect(lower.broker.bridges()[0]).toMatchObject({ connects: 1, refused: 0, tooLarge: name === 'hivemq' ? 0 : 1 })
  })

  it('has what was published while the line was down, in order', async () => {
    const path = certificatesMake()
    const { standIn, broken } = await cloudStart(name, path)
    const line = await FlakyLine.start(() => standIn.port)
    const lower = await bridged([bridgeOf(name, line.port, path)])
    await until(() => isUp(lower))
    line.fault = 'refused'
    line.cut()
    await until(() => !isUp(lower))
    for (const text of numbers(300)) await lower.broker.publish('sensors/a', text, { qos: 1 })
    line.fault = 'none'
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(standIn.texts).toEqual(numbers(300))
    expect(broken).toEqual([])
  })
})

describe.skipIf(!hasOpenssl)('a bridge without those lines', () => {
  it.each([
    ['aws', 'bridge_alpn', 'no ALPN'], ['aws', 'notifications_local_only', 'a Will that it does not take'],
    ['aws', 'bridge_outgoing_retain', 'a retained message'],
    ['azure', 'remote_username', 'no name of a client'],
    ['hivemq', 'notifications_local_only', 'the topic $SYS/broker/connection/'],
    ['hivemq', 'remote_username', 'no name and password'],
  ] as const)('to %s: %s', async (name, key, problem) => {
    const path = certificatesMake()
    const { standIn, broken } = await cloudStart(name, path)
    const { tls, remote, ...options } = bridgeOf(name, standIn.port, path)
    const without = {
      bridge_alpn: { tls: { ...tls, alpn: undefined } }, notifications_local_only: { notificationsLocalOnly: false },
      bridge_outgoing_retain: { outgoingRetain: true },
      remote_username: { remote: { ...remote, userName: undefined, password: undefined } },
    }[key]
    const lower = await bridged([{ ...options, tls, remote, ...without }])
    for (let i = 0; i < 3; i++) await lower.broker.publish('sensors/a', 'x', { qos: 1, retain: true })
    await until(() => broken.length > 0)
    expect(broken[0]).toContain(problem)
  })

  it('a certificate of another authority is none', async () => {
    const path = certificatesMake()
    const { standIn, broken } = await cloudStart('aws', path)
    const other = certificatesMake()
    certificateMake(dirname(other('x')), 'client', 'stranger')
    const bridge = bridgeOf('aws', standIn.port, path)
    await bridged([{ ...bridge, tls: { ...bridge.tls, certfile: other('client.crt'), keyfile: other('client.key') } }])
    await until(() => broken.length > 0)
    expect(broken[0]).toBe('no client certificate of its authority')
  })
})
