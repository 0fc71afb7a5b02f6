// JSON Schema, by ajv: draft 7, which a schema is taken for that does not say, 2019-09 and 2020-12.
import type { Ajv, AnySchemaObject, ErrorObject } from 'ajv'
import { jsonRead } from './json_text'
import { type PayloadCheck, type SchemaText, whereItReads } from './payload_check'
import { SchemaError, lineOf, packageOf } from './schema_error'

/** By a part of `$schema`. */
const DRAFTS: [RegExp, () => Promise<{ default: new (options: object) => Ajv }>][] = [
  [/\/2020-12\//, () => import('ajv/dist/2020.js')],
  [/\/2019-09\//, () => import('ajv/dist/2019.js')],
  [/draft-07|^$/, () => import('ajv')],
]

async function createAjv(dialect: string, from: string, line: number): Promise<Ajv> {
  const draft = DRAFTS.find(([words]) => words.test(dialect))
  if (!draft) {
    throw new SchemaError(from, line, `$schema is ${dialect}; say draft-07, 2019-09 or 2020-12.`)
  }
  const { default: Dialect } = await packageOf(draft[1](), 'ajv')
  const formats = await packageOf(import('ajv-formats'), 'ajv-formats')
  // What it does not know it passes over, as the standard says.
  const ajv = new Dialect({ strict: false, logger: false })
  const addFormats = formats.default as unknown as (to: Ajv) => void
  addFormats(ajv)
  return ajv
}

/** What is wrong with a schema by its meta-schema: the deepest of what ajv says. */
function schemaProblem(errors: ErrorObject[] | null | undefined): ErrorObject {
  return [...errors!].sort((a, b) => b.instancePath.length - a.instancePath.length)[0]
}

/** Throws a sentence where the schema is none. */
export async function jsonCheck(schema: SchemaText): Promise<PayloadCheck> {
  const { from, text, references } = schema
  const { value, lineOfPath } = await jsonRead(schema)
  const dialect: unknown = (value as AnySchemaObject | null)?.$schema ?? ''
  const ajv = await createAjv(String(dialect), from, lineOfPath('/$schema'))
  if (!ajv.validateSchema(value as AnySchemaObject)) {
    const { instancePath, message } = schemaProblem(ajv.errors)
    throw new SchemaError(
      from, lineOfPath(instancePath), `this is no JSON Schema: ${instancePath.slice(1) || 'it'} ${message}.`)
  }
  try {
    for (const { name, text: referenced } of references) ajv.addSchema(JSON.parse(referenced) as AnySchemaObject, name)
    const validate = ajv.compile(value as AnySchemaObject)
    const decoder = new TextDecoder('utf-8', { fatal: true })
    return whereItReads((payload) => validate(JSON.parse(decoder.decode(payload))) === true)
  } catch (error) {
    const { message, missingRef } = error as Error & { missingRef?: string }
    const line = missingRef === undefined ? 1 : lineOf(text, `"${missingRef}"`)
    throw new SchemaError(from, line, `this JSON Schema cannot be used: ${message}.`)
  }
}
