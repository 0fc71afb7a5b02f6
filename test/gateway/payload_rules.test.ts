// Rules for payloads: what is not what a schema says is refused with 0x99, counted, and harms nobody.
import { join } from 'node:path'
import avro from 'avsc'
import { afterEach, describe, expect, it } from 'vitest'
import { avroCheck } from '../../src/port/node/payload/avro_payload'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from './library'
import { AVRO_SCHEMA, JSON_SCHEMA, PROTO, UNIT, avroBytes, goodProto, protoBytes } from './payload_schemas'
import type { ClientEvent, ListenerOptions, PayloadRule } from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const folder = (): string => folderMake({
  'reading.json': JSON_SCHEMA, 'reading.avsc': AVRO_SCHEMA, 'reading.proto': PROTO, 'unit.proto': UNIT,
})

const cases: [string, (at: string) => PayloadRule, good: (string | Buffer)[], bad: (string | Buffer)[]][] = [
  ['JSON Schema', (at) => ({ filter: 'a/#', format: 'json', file: join(at, 'reading.json') }),
    ['{"t":1}', '{"t":1.5,"more":[],"at":"2026-01-01T00:00:00Z"}'],
    ['', '{', '{}', '{"t":"1"}', '{"t":1,"at":"noon"}', Buffer.from('{"t":1,"x":"\xff"}', 'latin1'), '{"t":1} {}']],
  ['Avro', (at) => ({ filter: 'a/#', format: 'avro', file: join(at, 'reading.avsc') }),
    [avroBytes(1), avroBytes(-7.25)],
    ['', '{"t":1}', avroBytes(1).subarray(1), Buffer.concat([avroBytes(1), Buffer.from([0])])]],
  ['Protobuf', (at) => (
    { filter: 'a/#', format: 'protobuf', file: join(at, 'reading.proto'), messageType: 'house.Reading' }),
  [goodProto, '', protoBytes((writer) => writer.uint32(32).int32(5))],
  [
    '{"t":1}', goodProto.subarray(0, 5), protoBytes((writer) => writer.uint32(10).string('21.5')),
    protoBytes((writer) => writer.uint32(26).fork().uint32(8).int32(1).ldelim()), Buffer.from([18, 1, 0xff]),
    protoBytes((writer) => writer.uint32(24).int32(1)),
  ]],
]

/** What a subscriber has heard when `end` has come. */
async function heardBy(client: Client, count: number): Promise<string[]> {
  await client.received(count + 1)
  expect(client.texts.at(-1)).toBe('end')
  return client.messages.slice(0, -1).map(({ payload }) => payload.toString('hex'))
}

describe.each(cases)('%s', (_name, rule, good, bad) => {
  it.each([0, 1, 2] as const)('at QoS %i is what clients of 5.0 may publish', async (qos) => {
    const { broker, url } = await brokerListen({ payloadRules: [rule(folder())] })
    const refused: ClientEvent[] = []
    broker.on('publishRefused', (event) => refused.push(event))
    const reader = await connect(url, 5)
    await reader.subscribe('#', { qos: 2 })
    const client = await connect(url, 5, { clientId: 'c' })
    for (const payload of good) await client.publish('a/1', payload, { qos })
    for (const payload of bad) {
      const published = client.publish('a/1', payload, { qos })
      if (qos) await expect(published).rejects.toMatchObject({ code: 0x99 })
      else await published
    }
    await client.publish('b', 'end', { qos })
    expect(await heardBy(reader, good.length)).toEqual(good.map((payload) => Buffer.from(payload).toString('hex')))
    await until(() => refused.length === bad.length)
    expect(refused[0]).toMatchObject({ clientIdentifier: 'c', reasonCode: 0x99 })
    expect(broker.statistics()).toMatchObject({ 'payload/refused': bad.length })
    expect(client.mqtt.connected).toBe(true)
  })

  it('of 3.1.1 is acknowledged and goes no further where it is not', async () => {
    const { broker, url } = await brokerListen({ payloadRules: [rule(folder())] })
    const reader = await connect(url, 4)
    await reader.subscribe('#', { qos: 1 })
    const client = await connect(url, 4)
    for (const payload of [...bad, ...good]) await client.publish('a', payload, { qos: 1 })
    await client.publish('b', 'end', { qos: 1 })
    expect(await heardBy(reader, good.length)).toHaveLength(good.length)
    expect(broker.statistics()['payload/refused']).toBe(bad.length)
  })
})

describe('Avro', () => {
  const long = avro.Type.forSchema('long')
  const items = { type: 'array', items: 'int' } as const
  const schemas: [string, avro.Schema, good: unknown, headSize: number][] = [
    ['an array', items, [1, 2, 3], 0], ['a map', { type: 'map', values: 'int' }, { a: 1 }, 0],
    ['items without bytes', { type: 'array', items: 'null' }, [null, null], 0],
    ['what is in a union in a record', {
      type: 'record', name: 'Outer', fields: [{ name: 'u', type: ['null', items] }],
    }, { u: { array: [7] } }, 1],
  ]

  it.each(schemas)('takes %s by its bytes, whatever it says of its size', async (_name, schema, good, headSize) => {
    const check = await avroCheck({ from: 'schema', text: JSON.stringify(schema), references: [] })
    const bytes = avro.Type.forSchema(schema, { wrapUnions: true }).toBuffer(good)
    expect(check(bytes)).toBe(true)
    // Behind the branch of the union, where there is one.
    const head = bytes.subarray(0, headSize)
    // So many items would fill the memory.
    for (const count of [4e9, -4e9, 2 ** 50]) expect(check(Buffer.concat([head, long.toBuffer(count)]))).toBe(false)
    expect(check(bytes)).toBe(true)
  })
})

describe('rules', () => {
  const json = (filter: string, file: string): PayloadRule => ({ filter, format: 'json', file })

  it('hold for the topic that an alias stands for, for Wills, and behind a mount point', async () => {
    const listener: ListenerOptions = { mountPoint: 'here/' }
    const payloadRules = [json('here/a', join(folder(), 'reading.json'))]
    const { broker, url } = await brokerListen({ payloadRules }, listener)
    const client = await connect(url, 5)
    await client.publish('a', '{"t":1}', { qos: 1, properties: { topicAlias: 1 } })
    await expect(client.publish('', '{}', { qos: 1, properties: { topicAlias: 1 } }))
      .rejects.toMatchObject({ code: 0x99 })
    const will = (payload: string) =>
      ({ will: { topic: 'a', payload: Buffer.from(payload), qos: 0 as const, retain: false } })
    await expect(connect(url, 5, will('{}'))).rejects.toMatchObject({ code: 0x99 })
    await expect(connect(url, 4, will('{}'))).rejects.toThrow()
    await connect(url, 5, will('{"t":1}'))
    // The program's own is its own.
    await broker.publish('here/a', 'x', { qos: 1 })
  })

  it('hold all where several match, and come behind what the client may do at all', async () => {
    const at = folderMake({ 'a.json': '{"required":["a"]}', 'b.json': '{"required":["b"]}' })
    const { broker, url } = await brokerListen({
      payloadRules: [json('a/#', join(at, 'a.json')), json('+/b', join(at, 'b.json'))],
      authorize: ({ topic }) => topic !== 'a/no',
      accessRules: [{ access: 'readwrite', filter: 'a/#' }],
    })
    const client = await connect(url, 5)
    await client.publish('a/b', '{"a":1,"b":2}', { qos: 1 })
    await client.publish('a/c', '{"a":1}', { qos: 1 })
    for (const payload of ['{"a":1}', '{"b":1}']) {
      await expect(client.publish('a/b', payload, { qos: 1 })).rejects.toMatchObject({ code: 0x99 })
    }
    for (const topic of ['a/no', 'x/b']) {
      await expect(client.publish(topic, '{}', { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
    }
    expect(broker.statistics()['payload/refused']).toBe(2)
  })

  it('are told of under $SYS', async () => {
    const { broker, url } = await brokerListen({
      payloadRules: [json('a', join(folder(), 'reading.json'))], limits: { sysInterval: 1 },
    })
    const client = await connect(url, 5)
    await client.subscribe('$SYS/broker/payload/refused', { qos: 0 })
    await client.received(1)
    expect(client.texts).toEqual(['0'])
    await client.publish('a', 'x').catch(() => undefined)
    await until(() => client.texts.at(-1) === '1')
    expect(broker.statistics()['payload/refused']).toBe(1)
  })

  it.each<[object, RegExp]>([
    [{ filter: 'a', format: 'xml' }, /^payloadRules\[0\]\.format is "xml"; say json, avro, protobuf or registry\.$/],
    [{ filter: 'a#', format: 'json', file: 'x' }, /^payloadRules\[0\]\.filter is "a#": no Topic Filter\.$/],
    [{ filter: 'a', format: 'json' }, /^payloadRules\[0\]\.file is missing; json needs it\.$/],
    [{ filter: 'a', format: 'protobuf', file: 'x' }, /\.messageType is missing; protobuf needs it\.$/],
    [{ filter: 'a', format: 'avro', file: 'x', subject: 'y' }, /subject says nothing to the format avro; leave it out/],
    [{ filter: 'a', format: 'registry', url: 'ftp://secret@x' }, /^payloadRules\[0\]\.url is no URL; give one/],
  ])('that are none are refused at once: %j', async (given, message) => {
    await expect(brokerMake({ payloadRules: [given as PayloadRule] })).rejects.toThrow(message)
  })

  it('whose schema cannot be used are told of when the broker opens, and nobody is let in', async () => {
    const broker = await brokerMake({ payloadRules: [json('a', '/nowhere.json')] })
    await expect(broker.opened()).rejects.toThrow('/nowhere.json does not exist; give a schema\'s file.')
    await expect(broker.listen({ port: 0 })).rejects.toThrow('does not exist')
  })
})
