// A Schema Registry, as Confluent's: a payload begins with a 0 and the number of its schema, four bytes, and the
// registry has the schema. A number's schema never changes, so that it is asked for once.
import { avroCheck } from './avro_payload'
import { jsonCheck } from './json_payload'
import type { PayloadCheck, SchemaText } from './payload_check'
import { protobufIndexedCheck } from './protobuf_payload'

/** A schema by its number, and the subjects that it is under. */
export interface RegistrySchema {
  check: PayloadCheck
  subjects: string[]
}

interface Answer {
  schema: string
  schemaType?: string
  references?: { name: string, subject: string, version: number }[]
}

/** Milliseconds that the registry has for an answer, and bytes of one. */
const ANSWER_MS_MAX = 5_000
const ANSWER_SIZE_MAX = 4_194_304
/** Schemas that are remembered; of more the one goes that was asked for first. */
const SCHEMAS_MAX = 1_000
/** Schemas that one may refer to, and those that these refer to. */
const REFERENCES_MAX = 100
/** Milliseconds until a number that the registry did not know is asked for again, and one that had no answer. */
const UNKNOWN_MS = 10_000
const FAILED_MS = 1_000

/** By schemaType; Avro's is left out. */
const CHECKS: Record<string, (schema: SchemaText) => Promise<PayloadCheck>> = {
  AVRO: avroCheck, JSON: jsonCheck, PROTOBUF: protobufIndexedCheck,
}

/** Reads an answer's body, of which there is no more than is asked for. */
async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    if ((size += chunk.length) > ANSWER_SIZE_MAX) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

export class SchemaRegistry {
  private readonly base: string
  private readonly headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' }
  /** null: the registry does not know it. */
  private readonly schemas = new Map<number, Promise<RegistrySchema | null>>()

  constructor(url: string) {
    const { origin, pathname, username, password } = new URL(url)
    this.base = `${origin}${pathname.replace(/\/$/, '')}`
    if (!username) return
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    this.headers.authorization = `Basic ${Buffer.from(user).toString('base64')}`
  }

  /** The schema of a number; null: there is none. Rejects where the registry does not say. */
  schemaOf(number: number): Promise<RegistrySchema | null> {
    const known = this.schemas.get(number)
    if (known) return known
    if (this.schemas.size >= SCHEMAS_MAX) this.schemas.delete(this.schemas.keys().next().value as number)
    const asked = this.ask(number)
    this.schemas.set(number, asked)
    asked.then(
      (schema) => { if (!schema) this.forget(number, asked, UNKNOWN_MS) },
      () => this.forget(number, asked, FAILED_MS))
    return asked
  }

  private forget(number: number, asked: Promise<unknown>, after: number): void {
    setTimeout(() => {
      if (this.schemas.get(number) === asked) this.schemas.delete(number)
    }, after).unref()
  }

  private async ask(number: number): Promise<RegistrySchema | null> {
    const answer = await this.get(`/schemas/ids/${number}`) as Answer | null
    if (!answer) return null
    const versions = await this.get(`/schemas/ids/${number}/versions`) as { subject: string }[] | null
    const check = CHECKS[answer.schemaType ?? 'AVRO'] as typeof avroCheck | undefined
    if (!check) throw new Error(`schema ${number} is of a kind that is not known`)
    const references = new Map<string, string>()
    await this.collect(answer, references)
    return {
      check: await check({
        from: `schema ${number}`, text: answer.schema,
        references: [...references].map(([name, text]) => ({ name, text })),
      }),
      subjects: (versions ?? []).map(({ subject }) => subject),
    }
  }

  /** Adds what a schema refers to, what that refers to in front of it. */
  private async collect({ references = [] }: Answer, into: Map<string, string>): Promise<void> {
    for (const { name, subject, version } of references) {
      if (into.has(name)) continue
      if (into.size >= REFERENCES_MAX) throw new Error('there are too many references')
      const answer = await this.get(`/subjects/${encodeURIComponent(subject)}/versions/${version}`) as Answer | null
      if (!answer) throw new Error(`the reference ${name} leads nowhere`)
      await this.collect(answer, into)
      into.set(name, answer.schema)
    }
  }

  /** null: there is no such thing. */
  private async get(path: string): Promise<unknown> {
    const response = await fetch(this.base + path, {
      headers: this.headers, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    const body = await bodyOf(response)
    if (response.status === 404) return null
    if (!response.ok) throw new Error(`the registry answers ${response.status}`)
    return JSON.parse(body)
  }
}
