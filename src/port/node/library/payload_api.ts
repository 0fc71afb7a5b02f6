// The library's types of rules for payloads; the build ships them in one file with those of api.ts.

/**
 * What a client's message must be on topics that a filter matches; where several match, all of it. One that is not is
 * refused with 0x99. Each format needs its package, which is loaded only for it: ajv with ajv-formats and jsonc-parser,
 * avsc, protobufjs.
 */
export interface PayloadRule {
  filter: string
  /** registry: the payload says which of a registry's schemas it has, as Confluent's serializers write it. */
  format: 'json' | 'avro' | 'protobuf' | 'registry'
  /** The file of a JSON Schema, an Avro schema or Protobuf's declarations; it is read when the broker starts. */
  file?: string
  /** Of protobuf: the full name of the message type. */
  messageType?: string
  /** Of a registry, with a user and a password where it wants them: http://user:password@host:8081. */
  url?: string
  /** The subject that the registry must have the payload's schema under; any unless told. */
  subject?: string
}
