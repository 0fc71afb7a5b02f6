// The properties of MQTT 5.0 (section 2.2.2): read as a block into registers by identifier, and judged against what
// the packet may carry. Written one by one by the encoders.
//
// Memory: 43 identifiers x (4 value + 2 size + 4 generation) = 430 bytes.
import { NONE } from '../limits'
import { RESPONSE_TOPIC } from './property_identifier'
import { MALFORMED_PACKET, PROTOCOL_ERROR } from './reason_code'
import {
  fieldSize, fieldStart, readAt, readByte, readFail, readFourByteInteger, readRest, readString, readBinary,
  readTwoByteInteger, readVariableByteInteger,
} from './reader'
import { topicNameIsValid } from './topic'
import type { Offset } from '../kinds'

// What a client may send: which packets carry the property. The lists of a client's packets only; a property that only
// servers send is allowed nowhere.
export const IN_CONNECT = 0x100
export const IN_WILL = 0x200
export const IN_PUBLISH = 0x400
export const IN_ACKNOWLEDGE = 0x800
export const IN_SUBSCRIBE = 0x1000
export const IN_UNSUBSCRIBE = 0x2000
export const IN_DISCONNECT = 0x4000
export const IN_AUTH = 0x8000

// How the property is encoded.
const BOOLEAN = 1
const TWO_BYTES = 2
const FOUR_BYTES = 3
const VARIABLE = 4
const STRING = 5
const BINARY = 6
const PAIR = 7
const NOT_ZERO = 8
const REPEATED = 16

const IN_APPLICATION_MESSAGE = IN_WILL | IN_PUBLISH

/** By identifier: encoding, constraints and packets. 0: no such property from a client. [MQTT 5.0 table 2-4] */
const RULES = /* @__PURE__ */ new Uint16Array([
  0,
  BOOLEAN | IN_APPLICATION_MESSAGE,
  FOUR_BYTES | IN_APPLICATION_MESSAGE,
  STRING | IN_APPLICATION_MESSAGE,
  0, 0, 0, 0,
  STRING | IN_APPLICATION_MESSAGE,
  BINARY | IN_APPLICATION_MESSAGE,
  0,
  VARIABLE | NOT_ZERO | IN_SUBSCRIBE,
  0, 0, 0, 0, 0,
  FOUR_BYTES | IN_CONNECT | IN_DISCONNECT,
  0, 0, 0,
  STRING | IN_CONNECT | IN_AUTH,
  BINARY | IN_CONNECT | IN_AUTH,
  BOOLEAN | IN_CONNECT,
  FOUR_BYTES | IN_WILL,
  BOOLEAN | IN_CONNECT,
  0, 0, 0, 0, 0,
  STRING | IN_ACKNOWLEDGE | IN_DISCONNECT | IN_AUTH,
  0,
  TWO_BYTES | NOT_ZERO | IN_CONNECT,
  TWO_BYTES | IN_CONNECT,
  TWO_BYTES | IN_PUBLISH,
  0, 0,
  PAIR | REPEATED | IN_CONNECT | IN_APPLICATION_MESSAGE | IN_ACKNOWLEDGE | IN_SUBSCRIBE | IN_UNSUBSCRIBE
    | IN_DISCONNECT | IN_AUTH,
  FOUR_BYTES | NOT_ZERO | IN_CONNECT,
])

const IDENTIFIERS = 43
/** The number, or the offset of the string or the binary data. */
const values = new Uint32Array(IDENTIFIERS)
const sizes = new Uint16Array(IDENTIFIERS)
/** The block in which the property was seen last; a count up saves clearing. */
const seenIn = new Uint32Array(IDENTIFIERS)
let block = 0

// Life: until the next propertiesBegin, at most to the end of the call into the core (propertiesOver).
/** The block's bytes, without its length. */
export let propertiesStart: Offset = 0
export let propertiesEnd: Offset = 0
/** What the walk of the last property found: for callers that act on single properties as they pass. */
export let propertyIdentifier = 0
export let propertyAt = 0

/** Whether the last block had the property. */
export function propertyHas(identifier: number): boolean {
  return seenIn[identifier] === block
}

/** The property's number in the last block, or `absent`. */
export function propertyNumber(identifier: number, absent: number): number {
  return seenIn[identifier] === block ? values[identifier] : absent
}

/** The offset of the property's string or data in the last block; ask only where propertySize is not NONE. */
export function propertyStart(identifier: number): number {
  return values[identifier]
}

/** The bytes of the property's string or data in the last block, or NONE. */
export function propertySize(identifier: number): number {
  return seenIn[identifier] === block ? sizes[identifier] : NONE
}

/** Forgets the last block: what a packet without properties has. */
export function propertiesNone(): void {
  block++
}

/** Reads the length of a block of properties; then call propertyNext until it answers false. */
export function propertiesBegin(): void {
  block++
  const size = readVariableByteInteger()
  if (size > readRest()) readFail()
  propertiesStart = readAt
  propertiesEnd = readAt + size
}

/**
 * Reads one property of a packet (an IN_ constant). False: the block is at its end, or readError says what is wrong.
 */
export function propertyNext(packet: number): boolean {
  if (readAt >= propertiesEnd) return false
  propertyAt = readAt
  const identifier = readByte()
  const rule = RULES[identifier]
  propertyIdentifier = identifier
  if (!rule || !(rule & packet)) return !!readFail(rule ? PROTOCOL_ERROR : MALFORMED_PACKET)
  if (seenIn[identifier] === block && !(rule & REPEATED)) return !!readFail(PROTOCOL_ERROR)
  seenIn[identifier] = block
  const value = values[identifier] = readValue(rule & 7)
  sizes[identifier] = fieldSize
  if (rule & NOT_ZERO && !value) readFail(PROTOCOL_ERROR)
  if (readAt > propertiesEnd) readFail()
  // [MQTT-3.3.2-14] [MQTT-3.1.3-10]
  if (identifier === RESPONSE_TOPIC && !topicNameIsValid(value, fieldSize)) readFail(PROTOCOL_ERROR)
  return true
}

/** Reads the whole block of a packet (an IN_ constant). Errors are left in readError. */
export function propertiesRead(packet: number): void {
  propertiesBegin()
  while (propertyNext(packet));
}

function readBoolean(): number {
  const value = readByte()
  return value > 1 ? readFail(PROTOCOL_ERROR) : value
}

/** Reads a value: a number, or where a string or data starts, whose size is in fieldSize. */
function readValue(encoding: number): number {
  if (encoding === FOUR_BYTES) return readFourByteInteger()
  if (encoding === TWO_BYTES) return readTwoByteInteger()
  if (encoding === VARIABLE) return readVariableByteInteger()
  if (encoding === BOOLEAN) return readBoolean()
  if (encoding === BINARY) readBinary()
  else readString()
  if (encoding === PAIR) readString()
  return fieldStart
}

/** For the port of tests: what stands in the registers is over. */
export function propertiesOver(over: never): void {
  propertiesStart = propertiesEnd = propertyIdentifier = propertyAt = over
}
