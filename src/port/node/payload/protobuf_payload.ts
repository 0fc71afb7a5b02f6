// Protobuf, by protobufjs. A payload is one message: fields that its type does not know are let through, as they are of
// a newer version; one that it knows with another wire type is not.
import { dirname, join } from 'node:path'
import type { Field, Reader, Root, Type } from 'protobufjs'
import { type PayloadCheck, type SchemaText, whereItReads } from './payload_check'
import { SchemaError, lineOf, packageOf, schemaRead } from './schema_error'

type Protobuf = typeof import('protobufjs')

const LENGTH_DELIMITED = 2

const load = async (): Promise<Protobuf> => (await packageOf(import('protobufjs'), 'protobufjs')).default

/** Reads a file and what it imports into a root; `read` answers a text by the name that an import has for it. */
function parseAll(
  protobuf: Protobuf, root: Root, from: string, text: string, read: (name: string) => { from: string, text: string },
  known = new Set<string>(),
): void {
  let imports: string[]
  try {
    const parsed = protobuf.parse(text, root, { keepCase: true })
    imports = [...parsed.imports ?? [], ...parsed.weakImports ?? []]
  } catch (error) {
    const [, what, line] = /^(.*?)(?: \(.*?line (\d+)\))?$/s.exec((error as Error).message)!
    throw new SchemaError(from, Number(line ?? 1), `this is no Protobuf: ${what}.`)
  }
  for (const name of imports) {
    if (known.has(name)) continue
    known.add(name)
    // Those that come with Protobuf.
    const common = protobuf.common.get(name)
    if (common) root.addJSON(common.nested!)
    else {
      const imported = importRead(() => read(name), from, text, name)
      parseAll(protobuf, root, imported.from, imported.text, read, known)
    }
  }
}

function importRead<Text>(read: () => Text, from: string, text: string, name: string): Text {
  try {
    return read()
  } catch (error) {
    throw new SchemaError(from, lineOf(text, `"${name}"`), `the import cannot be had: ${(error as Error).message}`)
  }
}

function resolve(root: Root, from: string, text: string): void {
  try {
    root.resolveAll()
  } catch (error) {
    const { message } = error as Error
    const name = /no such \D+'([^']+)'/.exec(message)?.[1] ?? ''
    throw new SchemaError(from, lineOf(text, name), `${message}; declare it.`)
  }
}

/** Wire types that a field may have. */
function wiresOf({ types }: Protobuf, field: Field): number[] {
  const { resolvedType, map } = field
  if (map || resolvedType && 'fieldsById' in resolvedType) return [LENGTH_DELIMITED]
  const basic = resolvedType ? 0 : types.basic[field.type as keyof typeof types.basic]
  return field.repeated && basic !== LENGTH_DELIMITED ? [basic, LENGTH_DELIMITED] : [basic]
}

/** Whether every field that the type knows has a wire type of its own. */
function areWiresRight(protobuf: Protobuf, type: Type, reader: Reader, end: number): boolean {
  while (reader.pos < end) {
    const tag = reader.uint32()
    const field = type.fieldsById[tag >>> 3] as Field | undefined
    if (!field || field.delimited) {
      reader.skipType(tag & 7)
      continue
    }
    if (!wiresOf(protobuf, field).includes(tag & 7)) return false
    const { resolvedType } = field
    if (!field.map && resolvedType && 'fieldsById' in resolvedType) {
      const size = reader.uint32()
      if (!areWiresRight(protobuf, resolvedType, reader, reader.pos + size)) return false
    } else reader.skipType(tag & 7)
  }
  return reader.pos === end
}

const checkOf = (protobuf: Protobuf, type: Type): PayloadCheck => whereItReads((payload) => {
  // What is required and is not there throws, and so does a string that is no UTF-8.
  type.decode(payload)
  return areWiresRight(protobuf, type, protobuf.Reader.create(payload), payload.length)
})

/** Throws a sentence where the file declares no such type. */
export async function protobufCheck(file: string, messageType: string): Promise<PayloadCheck> {
  const protobuf = await load()
  const root = new protobuf.Root()
  const text = schemaRead(file)
  parseAll(protobuf, root, file, text, (name) => {
    const from = join(dirname(file), name)
    return { from, text: schemaRead(from) }
  })
  resolve(root, file, text)
  try {
    return checkOf(protobuf, root.lookupType(messageType))
  } catch {
    throw new SchemaError(file, 1, `it declares no message type ${messageType}; say the full name of one.`)
  }
}

const typesIn = (protobuf: Protobuf, all: readonly unknown[]): Type[] =>
  all.filter((one) => one instanceof protobuf.Type)

/** The types that a text declares at its top level, in their order, as a root has them that knows others besides. */
function declaredTypes(protobuf: Protobuf, root: Root, text: string): Type[] {
  const alone = new protobuf.Root()
  const { package: name } = protobuf.parse(text, alone, { keepCase: true })
  const space = name === undefined ? alone : alone.lookup(name) as Root
  return typesIn(protobuf, space.nestedArray).map(({ fullName }) => root.lookupType(fullName))
}

/** Of a registry's schema: a payload begins with the way to its type among those that the schema declares. */
export async function protobufIndexedCheck({ from, text, references }: SchemaText): Promise<PayloadCheck> {
  const protobuf = await load()
  const root = new protobuf.Root()
  const texts = new Map(references.map((reference) => [reference.name, reference.text]))
  parseAll(protobuf, root, from, text, (name) => {
    const imported = texts.get(name)
    if (imported === undefined) throw new Error('the schema has no reference of this name.')
    return { from: name, text: imported }
  })
  resolve(root, from, text)
  const declared = declaredTypes(protobuf, root, text)
  return whereItReads((payload) => {
    const reader = protobuf.Reader.create(payload)
    // No indexes at all stand for the first type.
    let type = declared[0]
    for (let left = reader.sint32(), among = declared; left > 0; left--, among = typesIn(protobuf, type.nestedArray)) {
      type = among[reader.sint32()]
    }
    return checkOf(protobuf, type)(payload.subarray(reader.pos))
  })
}
