// Avro, by avsc: a payload is one value in the binary encoding, and nothing behind it.
import type { Schema, Type } from 'avsc'
import { avroWalk } from './avro_walk'
import { jsonRead } from './json_text'
import { type PayloadCheck, type SchemaText, whereItReads } from './payload_check'
import { SchemaError, lineOf, packageOf } from './schema_error'

/** Throws a sentence where the schema is none. */
export async function avroCheck(schema: SchemaText): Promise<PayloadCheck> {
  const { from, text, references } = schema
  const { default: avsc } = await packageOf(import('avsc'), 'avsc')
  const known: Record<string, Type> = {}
  const read = async (json: string): Promise<Schema> => (await jsonRead({ from, text: json })).value as Schema
  const value = await read(text)
  try {
    for (const reference of references) avsc.Type.forSchema(await read(reference.text), { registry: known })
    const type = avsc.Type.forSchema(value, { registry: known })
    return whereItReads((payload) => {
      // What cannot be read as a whole throws.
      avroWalk(type, payload)
      type.fromBuffer(Buffer.from(payload.buffer, payload.byteOffset, payload.length))
      return true
    })
  } catch (error) {
    if (error instanceof SchemaError) throw error
    const { message } = error as Error
    // Its sentences name the name or the value that they are about.
    const name = /(?:name: |type: |default )"?([^"\s]+)/.exec(message)?.[1] ?? ''
    throw new SchemaError(from, lineOf(text, `"${name}"`), `this is no Avro schema: ${message}.`)
  }
}
