// Judges payloads by rules: what clients publish on topics that a rule's filter matches must be what its schema says.
import { filterMatches } from '../../../client/topic_filter'
import { IMPLEMENTATION_SPECIFIC_ERROR, PAYLOAD_FORMAT_INVALID } from '../../../codec/reason_code'
import type { PayloadRule } from '../library/payload_api'
import { avroCheck } from './avro_payload'
import { jsonCheck } from './json_payload'
import type { PayloadCheck } from './payload_check'
import { protobufCheck } from './protobuf_payload'
import { schemaRead } from './schema_error'
import { SchemaRegistry } from './schema_registry'

/** In front of a payload whose schema a registry has: a 0, and the schema's number. */
const HEAD_SIZE = 5

type Verdict = (payload: Uint8Array) => number | Promise<number>

/** 0, or the Reason Code to refuse a message with. null: its payload is too large to be judged. */
export type PayloadJudge = (topic: string, payload: Uint8Array | null) => number | Promise<number>

const verdictOf = (check: PayloadCheck): Verdict => (payload) => check(payload) ? 0 : PAYLOAD_FORMAT_INVALID

function registryVerdict(registry: SchemaRegistry, subject: string | undefined): Verdict {
  return async (payload) => {
    if (payload.length < HEAD_SIZE || payload[0]) return PAYLOAD_FORMAT_INVALID
    const number = Buffer.from(payload.buffer, payload.byteOffset, HEAD_SIZE).readUInt32BE(1)
    try {
      const schema = await registry.schemaOf(number)
      const isGood = schema !== null && (subject === undefined || schema.subjects.includes(subject))
        && schema.check(payload.subarray(HEAD_SIZE))
      return isGood ? 0 : PAYLOAD_FORMAT_INVALID
    } catch {
      // Nobody can say what the payload should be. [MQTT 5.0 section 3.4.2.1]
      return IMPLEMENTATION_SPECIFIC_ERROR
    }
  }
}

/** What a rule says of payloads. Rejects with a sentence where its schema cannot be used. */
async function verdictBy(rule: PayloadRule, registries: Map<string, SchemaRegistry>): Promise<Verdict> {
  const { format, file = '', messageType = '', url = '', subject } = rule
  if (format === 'registry') {
    const registry = registries.get(url) ?? new SchemaRegistry(url)
    registries.set(url, registry)
    return registryVerdict(registry, subject)
  }
  if (format === 'protobuf') return verdictOf(await protobufCheck(file, messageType))
  const schema = { from: file, text: schemaRead(file), references: [] }
  return verdictOf(await (format === 'json' ? jsonCheck : avroCheck)(schema))
}

/** Whether a rule can be followed: rejects with a sentence where it cannot. */
export async function payloadRuleCheck(rule: PayloadRule): Promise<void> {
  await verdictBy(rule, new Map())
}

/** Makes the judge of some rules; where several are for a topic, all of them must hold. */
export async function createPayloadJudge(rules: PayloadRule[]): Promise<PayloadJudge> {
  const registries = new Map<string, SchemaRegistry>()
  const judged: { filter: string, verdict: Verdict }[] = []
  for (const rule of rules) judged.push({ filter: rule.filter, verdict: await verdictBy(rule, registries) })
  return (topic, payload) => {
    const verdicts = judged.filter(({ filter }) => filterMatches(filter, topic)).map(({ verdict }) => verdict)
    if (!verdicts.length) return 0
    return payload ? allOf(verdicts, payload) : IMPLEMENTATION_SPECIFIC_ERROR
  }
}

async function allOf(verdicts: Verdict[], payload: Uint8Array): Promise<number> {
  for (const verdict of verdicts) {
    const refusal = await verdict(payload)
    if (refusal) return refusal
  }
  return 0
}
