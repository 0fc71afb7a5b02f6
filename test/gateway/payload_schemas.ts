// Schemas of one reading in each language, and payloads by them.
import avro from 'avsc'
import protobuf from 'protobufjs'

export const JSON_SCHEMA = JSON.stringify({
  type: 'object', required: ['t'], properties: { t: { type: 'number' }, at: { type: 'string', format: 'date-time' } },
})
export const AVRO_SCHEMA = JSON.stringify({
  type: 'record', name: 'Reading', fields: [{ name: 't', type: 'double' }, { name: 'n', type: 'string' }],
})
export const PROTO = `syntax = "proto3";
package house;
import "google/protobuf/timestamp.proto";
import "unit.proto";
message Other { message Inner { string name = 1; } }
message Reading {
  double t = 1; string name = 2; Unit unit = 3; repeated int32 all = 4; google.protobuf.Timestamp at = 5;
}
`
export const UNIT = 'syntax = "proto3";\npackage house;\nmessage Unit { string word = 1; }\n'

const reading = avro.Type.forSchema(JSON.parse(AVRO_SCHEMA) as avro.Schema)
/** A reading in Avro. */
export const avroBytes = (t: number): Buffer => reading.toBuffer({ t, n: 'hall' })

/** A Protobuf message, field by field: number, wire type, value. */
export function protoBytes(write: (writer: protobuf.Writer) => void): Buffer {
  const writer = protobuf.Writer.create()
  write(writer)
  return Buffer.from(writer.finish())
}

/** A reading in Protobuf, with a field of a version to come. */
export const goodProto = protoBytes((writer) => writer
  .uint32(9).double(21.5).uint32(18).string('hall').uint32(26).fork()
  .uint32(10).string('C').ldelim().uint32(34).fork().int32(1).int32(2).ldelim().uint32(8 * 99).uint32(5))
