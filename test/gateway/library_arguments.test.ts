// Arguments that are none: each is an error at once, says what is wrong with which, and changes nothing.
import { PassThrough } from 'node:stream'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from './library'
import type { Broker } from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const bridge = { name: 'up', addresses: [{ host: 'a' }], topics: [{ pattern: '#' }] }

const options: [unknown, typeof TypeError, RegExp][] = [
  [null, TypeError, /^The options are null; give an object\.$/],
  [[], TypeError, /^The options are a list; give an object\.$/],
  [new Map(), TypeError, /^The options are an object; give an object\.$/],
  [{ user: {} }, TypeError, /^user is no option that there is; the closest is users\.$/],
  [{ allow_anonymous: true }, TypeError, /^allow_anonymous is no option .* closest is allowAnonymous\.$/],
  [{ ACLs: [] }, TypeError, /^ACLs is no option that there is; the closest is /],
  [{ constructor: 1 }, TypeError, /^constructor is no option/],
  [{ users: ['anna'] }, TypeError, /^users is a list; give an object\.$/],
  [{ users: { anna: 5 } }, TypeError, /^users\.anna is no password; give a string, or an object with a hash\.$/],
  [{ users: { anna: {} } }, TypeError, /^users\.anna\.hash is missing; it has to be said\.$/],
  [{ users: { anna: { hash: 'x' } } }, TypeError, /^The hash of user anna is in no form that is known\.$/],
  [{ users: { anna: { hash: 'x', salt: '' } } }, TypeError, /^users\.anna\.salt is no option/],
  [{ allowAnonymous: 'yes' }, TypeError, /^allowAnonymous is "yes"; say true or false\.$/],
  [{ accessRules: {} }, TypeError, /^accessRules is an object; give a list\.$/],
  [{ accessRules: [{ access: 'rw', filter: '#' }] }, TypeError,
    /^accessRules\[0\]\.access is "rw"; say read, write, readwrite or deny\.$/],
  [{ accessRules: [{ access: 'read', topic: '#' }] }, TypeError, /^accessRules\[0\]\.topic is no option/],
  [{ accessRules: [{ access: 'read' }] }, TypeError, /^accessRules\[0\]\.filter is missing/],
  [{ accessRules: [{ access: 'read', filter: 'a#' }] }, TypeError, /filter is "a#": no Topic Filter\.$/],
  [{ accessRules: [{ access: 'read', filter: '#', userName: 'a', clientIdentifier: 'b' }] }, TypeError,
    /^accessRules\[0\] is for a user and for a client; a rule is for one of them\.$/],
  [{ authenticate: true }, TypeError, /^authenticate is true; give a function\.$/],
  [{ authorize: {} }, TypeError, /^authorize is an object; give a function\.$/],
  [{ limits: { conections: 5 } }, TypeError, /^limits\.conections is no option .* closest is connections\.$/],
  [{ limits: { connections: '5' } }, TypeError, /^limits\.connections is "5"; give a whole number from 0 on\.$/],
  [{ limits: { connections: -1 } }, RangeError, /^limits\.connections is -1/],
  [{ limits: { keepAlive: NaN } }, RangeError, /^limits\.keepAlive is NaN/],
  [{ limits: { packetSize: 1e9 } }, RangeError, /^packetSize is 1000000000; it goes from 1 to 268435460\.$/],
  [{ limits: { retain: 1 } }, TypeError, /^limits\.retain is 1; say true or false\.$/],
  [{ persistence: 'folder' }, TypeError, /^persistence is "folder"; give an object\.$/],
  [{ persistence: {} }, TypeError, /^persistence\.location is missing/],
  [{ persistence: { location: '' } }, TypeError, /^persistence\.location is ""; give a string that is not empty\.$/],
  [{ persistence: { location: 'a', sizeMax: 0 } }, RangeError, /^persistence\.sizeMax is 0/],
  [{ bridges: [{}] }, TypeError, /^bridges\[0\]\.name is missing/],
  [{ bridges: [{ ...bridge, adress: 1 }] }, TypeError, /^bridges\[0\]\.adress is no option .* closest is addresses\.$/],
  [{ bridges: [{ ...bridge, remote: { password: 5 } }] }, TypeError, /^bridges\[0\]\.remote\.password is no string/],
  [{ bridges: [{ ...bridge, topics: [{ pattern: 1 }] }] }, TypeError, /^bridges\[0\]\.topics\[0\]\.pattern is 1; give/],
  [{ bridges: [{ ...bridge, start: 'never' }] }, TypeError, /start is "never"; say automatic, once or lazy\.$/],
  [{ bridges: [{ ...bridge, restartTimeout: 'soon' }] }, TypeError, /restartTimeout is "soon"; give seconds/],
]

describe('createBroker', () => {
  it.each(options)('takes no %j', async (given, kind, message) => {
    const made = brokerMake(given as never)
    await expect(made).rejects.toThrow(message)
    await expect(made).rejects.toBeInstanceOf(kind)
  })

  it('takes what is undefined for what is left out, and options of a class of the program\'s', async () => {
    class Options { allowAnonymous = true; limits = { connections: Infinity, keepAlive: undefined } }
    await brokerMake(new Options())
    await brokerMake({ users: undefined, accessRules: undefined, persistence: undefined, bridges: [] })
  })
})

type Call = (broker: Broker) => unknown

const listenCalls: [object, typeof TypeError, RegExp][] = [
  [{ prot: 1_883 }, TypeError, /^prot is no option that there is; the closest is port\.$/],
  [{ port: '1883' }, TypeError, /^port is "1883"; give a whole number from 0 to 65535\.$/],
  [{ port: 65_536 }, RangeError, /^port is 65536; give a whole number from 0 to 65535\.$/],
  [{ port: 0, protocol: 'ws' }, TypeError, /^protocol is "ws"; say mqtt or websockets\.$/],
  [{ port: 0, qosMax: 3 }, RangeError, /^qosMax is 3; say 0, 1 or 2\.$/],
  [{ port: 0, protocolVersions: [2] }, RangeError, /^protocolVersions\[0\] is 2; say 3, 4 or 5\.$/],
  [{ port: 0, protocolVersions: [] }, TypeError, /^protocolVersions is empty; give at least 1\.$/],
  [{ port: 0, mountPoint: 'a/#' }, TypeError, /^mountPoint is "a\/#"; give a string without wildcards\.$/],
  [{ port: 0, tls: {} }, TypeError, /^tls\.certfile is missing/],
  [{ port: 0, tls: { certfile: 'a', keyfile: 'b' }, pskHint: '' }, TypeError, /^tls and pskHint are both there/],
  [{ port: 0, tls: { certfile: 'a', keyfile: 'b' }, identityAsUserName: true }, TypeError, /no tls\.cafile or tls/],
  [{ port: 0, realm: 'none' }, RangeError, /^There is no realm none/],
]

const calls: [string, Call, typeof TypeError, RegExp][] = [
  ...listenCalls.map(([given, kind, message]): [string, Call, typeof TypeError, RegExp] =>
    [`listen: ${JSON.stringify(given)}`, (broker) => broker.listen(given), kind, message]),
  ['publish: an option that there is not', (broker) => broker.publish('a', 'x', { QoS: 1 } as never), TypeError,
    /^QoS is no option that there is; the closest is qos\.$/],
  ['publish: QoS 3', (broker) => broker.publish('a', 'x', { qos: 3 as never }), RangeError, /^qos is 3; say 0, 1 or/],
  ['subscribe: an option that there is not', (broker) =>
    broker.subscribe('a', () => undefined, { Qos: 1 } as never), TypeError, /^Qos is no option .* closest is qos\.$/],
  ['subscribe: no handler', (broker) => broker.subscribe('a', 1 as never), TypeError, /^The handler is 1; give a func/],
  ['attach: no stream', (broker) => broker.attach({} as never), TypeError, /^The stream is an object; give an object/],
  ['attach: nothing', (broker) => broker.attach(undefined as never), TypeError, /^The stream is undefined/],
  ['attach: no address', (broker) => broker.attach(new PassThrough(), 5 as never), TypeError, /^The address is 5/],
  ['usersSet: a list', (broker) => broker.usersSet(['a'] as never), TypeError, /^users is a list/],
  ['usersSet: a hash', (broker) => broker.usersSet({ otto: { hash: '' } }), TypeError, /^The hash of user otto/],
  ['usersSet: a word', (broker) => broker.usersSet({}, 'no' as never), TypeError, /^allowAnonymous is "no"/],
  ['realmsSet: nothing', (broker) => broker.realmsSet(undefined as never), TypeError, /^realms is undefined/],
  ['realmsSet: half a realm', (broker) => broker.realmsSet({ a: {} as never }), TypeError,
    /^realms\.a\.allowAnonymous is missing/],
  ['realmsSet: a judge that is none', (broker) =>
    broker.realmsSet({ a: { allowAnonymous: true, judge: { allows: () => true } as never } }), TypeError,
  /^realms\.a\.judge is an object; give an object with a function authenticate\.$/],
  ['realmsSet: a key', (broker) => broker.realmsSet({ a: { allowAnonymous: true, pskKeys: { b: 'secret' } } }),
    TypeError, /^realms\.a\.pskKeys\.b is no key; give it in hexadecimal\.$/],
  ['accessRulesSet: a word', (broker) => broker.accessRulesSet('all' as never), TypeError, /^rules is "all"; give a l/],
  ['accessRulesSet: a rule', (broker) => broker.accessRulesSet([{ access: 'rw' as never, filter: '#' }]), TypeError,
    /^rules\[0\]\.access is "rw"/],
  ['controlTo: nothing', (broker) => broker.controlTo(undefined as never), TypeError, /^The handler is undefined/],
  ['disconnect: nothing', (broker) => broker.disconnect(undefined as never), TypeError, /; give a function\.$/],
]

/** What a call throws, or rejects with. */
async function errorOf(call: Call, broker: Broker): Promise<unknown> {
  try {
    await call(broker)
    return undefined
  } catch (error) {
    return error
  }
}

describe('a method', () => {
  it.each(calls)('changes nothing: %s', async (_name, call, kind, message) => {
    const { broker, url } = await brokerListen({
      users: { anna: 'secret' }, accessRules: [{ access: 'readwrite', filter: 'a/#' }],
    })
    const anna = await connect(url, 5, { username: 'anna', password: Buffer.from('secret') })
    const heard: string[] = []
    await broker.subscribe('#', ({ topic }) => heard.push(topic), { qos: 1 })
    const before = broker.statistics()
    const error = await errorOf(call, broker)
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toMatch(message)
    expect(broker.statistics()).toEqual(before)
    await anna.publish('a/1', 'x', { qos: 1 })
    await expect(anna.publish('b', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
    await expect(connect(url, 5)).rejects.toThrow()
    await connect(url, 5, { username: 'anna', password: Buffer.from('secret') })
    await until(() => heard.length > 0)
    expect(heard).toEqual(['a/1'])
  })

  it('says at once what is wrong, before the broker is there', async () => {
    const folder = folderMake({ file: '' })
    const broker = await brokerMake({ persistence: { location: join(folder, 'file') } })
    // Where there is nothing wrong with the call, it is told that the broker never will be.
    await expect(broker.publish('a', 'x')).rejects.toThrow('is a file')
    // Which realms there are is only known then.
    const atOnce = calls.filter(([name]) => !name.includes('"realm"'))
    for (const [, call, kind] of atOnce) expect(await errorOf(call, broker)).toBeInstanceOf(kind)
  })

  it('leaves the rules as they are where there are too many', async () => {
    const { broker, url } = await brokerListen({ accessRules: [{ access: 'readwrite', filter: 'a/#' }] })
    const client = await connect(url, 5)
    const rules = Array.from({ length: 65_536 }, (_, i) => ({ access: 'readwrite' as const, filter: `b/${i}` }))
    expect(() => broker.accessRulesSet(rules)).toThrow(RangeError)
    expect(() => broker.realmsSet({ a: { allowAnonymous: true, accessRules: rules } })).toThrow(RangeError)
    await client.publish('a/1', 'x', { qos: 1 })
    await expect(client.publish('b/1', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
  })
})
