// Payloads that name their schemas, and a stand-in for the registry that has them.
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd } from './library'
import { AVRO_SCHEMA, JSON_SCHEMA, PROTO, UNIT, avroBytes, goodProto, protoBytes } from './payload_schemas'
import type { PayloadRule } from '../../src/port/node/library/api'

const servers: Server[] = []

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
  for (const server of servers.splice(0)) server.close()
})

/** A registry's answers by their paths. */
type Answers = Record<string, object>

/** A stand-in for a Schema Registry; `asked` has the paths that were asked for. */
async function registryMake(answers: Answers): Promise<{ url: string, asked: string[], headers: unknown[] }> {
  const [asked, headers]: [string[], unknown[]] = [[], []]
  const server = createServer((request, response) => {
    asked.push(request.url!)
    headers.push(request.headers.authorization)
    const answer = answers[request.url!] as object | undefined
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
    response.end(JSON.stringify(answer ?? { error_code: 40_403, message: 'Schema not found' }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/registry`, asked, headers }
}

/** A payload with the number of its schema in front. */
const numbered = (number: number, ...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, number >> 8, number & 255]), ...parts.map((part) => Buffer.from(part))])

const ANSWERS: Answers = {
  '/registry/schemas/ids/1': { schema: AVRO_SCHEMA },
  '/registry/schemas/ids/1/versions': [{ subject: 'a-value', version: 3 }],
  '/registry/schemas/ids/2': { schemaType: 'JSON', schema: JSON_SCHEMA },
  '/registry/schemas/ids/2/versions': [{ subject: 'other-value', version: 1 }],
  '/registry/schemas/ids/300': {
    schemaType: 'PROTOBUF', schema: PROTO, references: [{ name: 'unit.proto', subject: 'unit', version: 2 }],
  },
  '/registry/subjects/unit/versions/2': { schemaType: 'PROTOBUF', schema: UNIT },
  '/registry/schemas/ids/4': {
    schema: '{"type":"record","name":"Box","fields":[{"name":"in","type":"Reading"}]}',
    references: [{ name: 'Reading', subject: 'reading', version: 1 }],
  },
  '/registry/subjects/reading/versions/1': { schema: AVRO_SCHEMA },
  '/registry/schemas/ids/5': { schema: '{"type":"nonsense"}' },
}

describe('a Schema Registry', () => {
  it('says what a payload is that names its schema, and is asked once', async () => {
    const { url: registry, asked, headers } = await registryMake(ANSWERS)
    const rule: PayloadRule = { filter: '#', format: 'registry', url: registry.replace('//', '//user:p%40ss@') }
    const { url } = await brokerListen({ payloadRules: [rule] })
    const client = await connect(url, 5)
    const inner = protoBytes((writer) => writer.uint32(10).string('x'))
    for (let i = 0; i < 3; i++) {
      await client.publish('a', numbered(1, avroBytes(i)), { qos: 1 })
      await client.publish('a', numbered(2, '{"t":1}'), { qos: 1 })
      // Protobuf: the second type of the schema, and the first one within the first.
      await client.publish('a', numbered(300, Buffer.from([2, 2]), goodProto), { qos: 1 })
      await client.publish('a', numbered(300, Buffer.from([4, 0, 0]), inner), { qos: 1 })
      await client.publish('a', numbered(300, Buffer.from([0])), { qos: 1 })
      await client.publish('a', numbered(4, avroBytes(i)), { qos: 1 })
    }
    for (const payload of [
      '', '{"t":1}', numbered(1), numbered(1, '{"t":1}'), numbered(2, '{}'), numbered(300, Buffer.from([9, 9])),
      numbered(300, Buffer.from([2, 2]), '{"t":1}'), numbered(77, 'x'), numbered(77, 'x'), numbered(4, 'x'),
    ]) await expect(client.publish('a', payload, { qos: 1 })).rejects.toMatchObject({ code: 0x99 })
    expect([...asked].sort()).toEqual([...new Set(asked)].sort())
    expect(asked).toContain('/registry/schemas/ids/77')
    expect(new Set(headers)).toEqual(new Set([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]))
  })

  it('has a schema under the subject that a rule names, or the payload is refused', async () => {
    const { url: registry } = await registryMake(ANSWERS)
    const { url } = await brokerListen({
      payloadRules: [{ filter: 'a', format: 'registry', url: registry, subject: 'a-value' }],
    })
    const client = await connect(url, 5)
    await client.publish('a', numbered(1, avroBytes(1)), { qos: 1 })
    await expect(client.publish('a', numbered(2, '{"t":1}'), { qos: 1 })).rejects.toMatchObject({ code: 0x99 })
    await client.publish('b', 'anything', { qos: 1 })
  })

  it('that is away, or has what cannot be used, refuses with 0x83, and holds up nobody else', async () => {
    const { url: registry } = await registryMake(ANSWERS)
    const rules: PayloadRule[] = [
      { filter: 'a', format: 'registry', url: 'http://127.0.0.1:1' }, { filter: 'b', format: 'registry', url: registry },
    ]
    const { broker, url } = await brokerListen({ payloadRules: rules })
    const client = await connect(url, 5)
    await expect(client.publish('a', numbered(1, 'x'), { qos: 2 })).rejects.toMatchObject({ code: 0x83 })
    await expect(client.publish('b', numbered(5, 'x'), { qos: 1 })).rejects.toMatchObject({ code: 0x83 })
    await client.publish('c', 'x', { qos: 2 })
    expect(broker.statistics()['payload/refused']).toBe(2)
  })
})
