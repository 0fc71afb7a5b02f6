// Rules for payloads in a configuration: what is wrong with a line or with a schema is said with file and line.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

/** What --test-config says of lines, with the folder's name taken out of it. */
function check(folder: string, lines: string[]): { status: number | null, said: string[] } {
  const path = join(folder, 'm.conf')
  writeFileSync(path, lines.map((line) => `${line}\n`).join('').replaceAll('@', `${folder}/`))
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [COMMAND_LINE, '--config', path, '--test-config'], { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trim().replaceAll(`${folder}/`, '@').split('\n') }
}

const wrong: [string, string, string, RegExp][] = [
  ['no JSON', 'payload_json a @s', '{\n  "type": "object",\n}\n', /^@s:3: this is no JSON \(PropertyNameExpected\)/],
  ['an empty file', 'payload_json a @s', '', /^@s:1: this is no JSON/],
  ['a comment', 'payload_json a @s', '{\n// x\n}', /^@s:2: this is no JSON \(InvalidCommentToken\)/],
  ['no JSON Schema', 'payload_json a @s', '{\n  "properties": {\n    "a/b": {\n      "type": "objec" } } }',
    /^@s:4: this is no JSON Schema: properties\/a~1b\/type must .*\.$/],
  ['a reference that leads nowhere', 'payload_json a @s', '{\n  "properties": {\n "a": { "$ref": "#/nope" } } }',
    /^@s:3: this JSON Schema cannot be used: can't resolve reference #\/nope/],
  ['a pattern that is none', 'payload_json a @s', '{ "pattern": "(" }', /^@s:1: this JSON Schema .*regular expression/],
  ['a draft that is not known', 'payload_json a @s', '{\n\n"$schema": "http://json-schema.org/draft-04/schema#" }',
    /^@s:3: \$schema is http:\/\/json-schema\.org\/draft-04\/schema#; say draft-07, 2019-09 or 2020-12\.$/],
  ['no JSON for Avro', 'payload_avro a @s', '{\n "type": \n}', /^@s:3: this is no JSON \(ValueExpected\)/],
  ['no Avro', 'payload_avro a @s', '{"type": "record", "name": "A", "fields": [\n{"name": "a", "type": "foo"}]}',
    /^@s:2: this is no Avro schema: undefined type name: foo\.$/],
  ['no Protobuf', 'payload_protobuf a A @s', 'syntax = "proto3";\nmessage A {\n  strin g;\n}\n',
    /^@s:3: this is no Protobuf: illegal token ';', '=' expected\.$/],
  ['an import that is not there', 'payload_protobuf a A @s', 'syntax = "proto3";\nimport "other.proto";\n',
    /^@s:2: the import cannot be had: @other\.proto does not exist/],
  ['a type that is not declared', 'payload_protobuf a A @s', 'syntax = "proto3";\nmessage A {\n  Foo f = 1;\n}\n',
    /^@s:3: no such Type or Enum 'Foo' in Type \.A; declare it\.$/],
  ['a message type that is not there', 'payload_protobuf a B @s', 'syntax = "proto3";\nmessage A {}\n',
    /^@s:1: it declares no message type B; say the full name of one\.$/],
  ['no filter', 'payload_json a# @s', '{}', /^@m\.conf:2: a# is no Topic Filter; say payload_json <filter> <file>\.$/],
  ['no file', 'payload_json a', '{}', /^@m\.conf:2: this is no payload_json; say payload_json <filter> <file>\.$/],
  ['a file that is not there', 'payload_avro a @none', '{}', /^@m\.conf:2: payload_avro: @none does not exist/],
  ['no message type', 'payload_protobuf a @s', '', /2: this is no payload_protobuf; say payload_protobuf <filter> <m/],
  ['no URL', 'payload_registry a ftp://u:secret@x', '', /^@m\.conf:2: this is no payload_registry; say payl/],
]

describe('--test-config', () => {
  it.each(wrong)('names the place of what is wrong: %s', (_name, line, schema, sentence) => {
    const { status, said } = check(folderMake({ s: schema }), ['listener 0 127.0.0.1', line])
    expect([status, said.length]).toEqual([1, 1])
    expect(said[0].replace(/^midge: /, '')).toMatch(sentence)
  })

  it('says all that is wrong in one run', () => {
    const folder = folderMake({ 'a.json': '{', 'b.avsc': '"foo"' })
    const { said } = check(folder, ['nonsense', 'payload_json a @a.json', 'payload_json b @', 'payload_avro c @b.avsc'])
    expect(said.map((line) => line.replace(/^midge: /, '').replace(/: .*/, '')))
      .toEqual(['@m.conf:1', '@a.json:1', '@m.conf:3', '@b.avsc:1'])
  })

  it('takes schemas of each draft, and a path with spaces', () => {
    const drafts = ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2019-09/schema',
      'https://json-schema.org/draft/2020-12/schema']
    const files = Object.fromEntries(drafts.map(($schema, i) => [`a ${i}.json`, JSON.stringify({ $schema })]))
    const { status, said } = check(folderMake(files), drafts.map((_, i) => `payload_json a/# @a ${i}.json`))
    expect([status, said]).toEqual([0, ['@m.conf is good.']])
  })
})

it('the gateway follows the rules of its file, and a restart is needed for others', async () => {
  const folder = folderMake({ s: '{"type":"number"}' })
  const path = join(folder, 'm.conf')
  writeFileSync(path, `listener 0 127.0.0.1\nallow_anonymous true\npayload_json n/# ${folder}/s\n`)
  const program = new Program(process.execPath, [COMMAND_LINE, '--config', path, '--metrics', '0'])
  const url = `mqtt://127.0.0.1:${/port (\d+)$/.exec(await program.line(/listens on/))![1]}`
  const client = await connect(url, 5, { clientId: 'c' })
  await client.publish('n/a', '5', { qos: 1 })
  await expect(client.publish('n/a', 'five', { qos: 1 })).rejects.toMatchObject({ code: 0x99 })
  await program.line(/a message of c \(127\.0\.0\.1\) was refused: Payload format invalid$/)
  const metrics = /http:\S+/.exec(await program.line(/metrics on/))![0]
  expect(await (await fetch(metrics)).text()).toMatch(/^midge_payload_refused_total 1$/m)
  writeFileSync(path, 'listener 0 127.0.0.1\nallow_anonymous true\n')
  program.signal('SIGHUP')
  await program.line(/a restart is needed for: payload_json/)
})
