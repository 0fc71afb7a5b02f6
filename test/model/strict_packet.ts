// Whether what a client sends is a packet at all, and one that may come now: section by section of the standard, for
// all versions. It answers Reason Codes for which the Network Connection must end, and says nothing of what is right.

import { Fields, MALFORMED, Malformed, NeedMore, PROTOCOL_ERROR, isText, propertiesOf } from './strict_fields'

const UNSUPPORTED = 0x84
const TOPIC_NAME_INVALID = 0x90
const TOO_LARGE = 0x95
const NO_IDENTIFIERS = 0xa1
const ALIAS_INVALID = 0x94
const BAD_PAYLOAD = 0x99

/** Bytes of a CONNECT's body that say which version it is of. */
const VERSION_END = 7

/** What is known of the connection. */
export interface Standing {
  version: 3 | 4 | 5
  isConnected: boolean
  aliases: ReadonlyMap<number, string>
  aliasMax: number
  packetMax: number
  /** Of packets that are neither PUBLISH nor a list of filters. */
  wholeMax: number
  /** A PUBLISH at QoS 0 over the limit ends no connection of 3.1.1: nothing of it is heard. */
  passesLarge: boolean
  /** 3.1 is spoken too. */
  hasOldest: boolean
  /** Levels with the bit of a bridge are understood. */
  hasBridges: boolean
  /** The session does not outlive the connection. */
  isBrief: boolean
  hasIdentifiers: boolean
}

/** Reason Codes that the broker may end the connection with; empty: nothing is wrong so far. */
export interface Verdict {
  codes: number[]
  /** Bytes of the packet; 0: not known yet. */
  size: number
}

const TYPES = [
  '', 'connect', '', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', '', 'unsubscribe', '', 'pingreq',
  '', 'disconnect', 'auth',
]
const FLAGS_2 = ['pubrel', 'subscribe', 'unsubscribe']

/** Judges the packet that begins with these bytes, which need not be all of it. */
export function strictJudge(bytes: Uint8Array, standing: Standing): Verdict {
  const header = new Fields(bytes, Infinity)
  let size = 0
  let fields = header
  try {
    const first = header.number(1)
    const remaining = header.variable()
    size = header.at + remaining
    // Nothing of it need be read.
    const isPassed = standing.passesLarge && standing.version < 5 && standing.isConnected && (first & 0xfe) === 0x30
    if (isPassed && size > standing.packetMax) return { codes: [], size }
    const isList = [3, 8, 10].includes(first >> 4)
    if (size > (isList ? standing.packetMax : standing.wholeMax)) {
      // Whom to tell, a CONNECT's version says.
      const isUnknown = !standing.isConnected && first === 0x10 && bytes.length - header.at < VERSION_END
      return { codes: isUnknown ? [] : [TOO_LARGE, MALFORMED], size }
    }
    fields = new Fields(bytes, size)
    fields.at = header.at
    judgePacket(fields, TYPES[first >> 4], first & 15, standing)
    return { codes: codesOf(fields, size, standing), size }
  } catch (error) {
    if (error instanceof NeedMore) return { codes: [], size }
    if (error instanceof Malformed) {
      fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
      return { codes: codesOf(fields, size, standing), size }
    }
    throw error
  }
}

/** What a board cannot keep in one piece, may look to it as if it were too large. */
function codesOf({ wrong }: Fields, size: number, { wholeMax }: Standing): number[] {
  if (wrong.size > 0 && size > wholeMax) wrong.add(TOO_LARGE)
  return [...wrong]
}

function judgePacket(fields: Fields, type: string, flags: number, standing: Standing): void {
  const { version, isConnected } = standing
  if (type === '') throw new Malformed('a type of a server, or reserved')
  // [MQTT-2.1.3-1]; 3.1 reserves none, and some of its packets may come again, and say so.
  const isReserved = type !== 'publish' && !(isConnected && version === 3)
  if (isReserved && flags !== (FLAGS_2.includes(type) ? 2 : 0)) throw new Malformed('flags')
  if (isConnected === (type === 'connect')) throw new Malformed('a CONNECT comes first, once') // [MQTT-3.1.0-2]
  if (type === 'connect') judgeConnect(fields, standing)
  else if (type === 'publish') judgePublish(fields, flags, standing)
  else if (type === 'subscribe' || type === 'unsubscribe') judgeFilters(fields, type, standing)
  else if (type === 'pingreq') fields.checkEnd()
  else if (type === 'disconnect' || type === 'auth') judgeEnd(fields, type, standing)
  else {
    identifier(fields)
    if (version === 5) reason(fields, type)
    fields.checkEnd()
  }
}

/** [MQTT-2.2.1-3] */
function identifier(fields: Fields): void {
  if (fields.number(2) === 0) fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
}

/** What a client may say. [MQTT 5.0 sections 3.4.2.1 to 3.7.2.1, 3.14.2.1] */
const RECEIVED = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
const REASONS: Record<string, number[]> = {
  puback: RECEIVED, pubrec: RECEIVED, pubrel: [0, 0x92], pubcomp: [0, 0x92],
  disconnect: [0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99], auth: [0x18, 0x19],
}

/** A packet of 5.0 may end before its Reason Code, or before its properties. */
function reason(fields: Fields, place: string): [number, Map<number, unknown>] {
  const code = fields.isAtEnd ? 0 : fields.number(1)
  if (!REASONS[place].includes(code)) fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
  return [code, fields.isAtEnd ? new Map<number, unknown>() : propertiesOf(fields, place)]
}

function judgeEnd(fields: Fields, type: string, { version, isBrief }: Standing): void {
  if (version < 5) {
    if (type === 'auth') throw new Malformed('AUTH is of 5.0')
    fields.checkEnd()
    return
  }
  const [, properties] = reason(fields, type)
  fields.checkEnd()
  // Nobody here was asked for more. [MQTT-4.12.0-6]
  if (type === 'auth') fields.wrong.add(PROTOCOL_ERROR)
  // Section 3.14.2.2.2.
  else if (isBrief && properties.get(17)) fields.wrong.add(PROTOCOL_ERROR)
}

function judgePublish(fields: Fields, flags: number, standing: Standing): void {
  const qos = flags >> 1 & 3
  // [MQTT-3.3.1-4] [MQTT-3.3.1-2]
  if (qos === 3 || (qos === 0 && flags & 8)) fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
  const topic = fields.text()
  if (/[+#]/.test(topic)) fields.wrong.add(TOPIC_NAME_INVALID)
  if (qos > 0) identifier(fields)
  const properties = standing.version === 5 ? propertiesOf(fields, 'publish') : new Map<number, unknown>()
  const alias = properties.get(35) as number | undefined
  if (alias !== undefined && (alias === 0 || alias > standing.aliasMax)) fields.wrong.add(ALIAS_INVALID)
  else if (topic === '' && !standing.aliases.has(alias ?? 0)) fields.wrong.add(PROTOCOL_ERROR)
}

function judgeFilters(fields: Fields, type: string, { version, hasIdentifiers }: Standing): void {
  identifier(fields)
  if (version === 5 && propertiesOf(fields, type).has(11) && !hasIdentifiers) fields.wrong.add(NO_IDENTIFIERS)
  // [MQTT-3.8.3-2] [MQTT-3.10.3-2]
  if (fields.isAtEnd) fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
  while (!fields.isAtEnd) {
    const filter = fields.text()
    if (filter === '') fields.wrong.add(MALFORMED) // [MQTT-4.7.3-1]
    if (type === 'unsubscribe') continue
    const options = fields.number(1)
    const isShared = filter.startsWith('$share/')
    const isWrong = version === 5 ? options >> 6 > 0 || (options >> 4 & 3) === 3 || (isShared && options & 4)
      : options >> 2 > 0
    if (isWrong || (options & 3) === 3) fields.wrong.add(MALFORMED).add(PROTOCOL_ERROR)
  }
}

/** The codes of what only 3.1.1 tells in a CONNACK of its own are judged elsewhere. */
function judgeConnect(fields: Fields, { hasOldest, hasBridges }: Standing): void {
  const name = Buffer.from(fields.binary()).toString('latin1')
  const said = fields.number(1)
  const level = hasBridges && (said === 0x83 || said === 0x84) ? said & 0x7f : said
  const isOldest = hasOldest && name === 'MQIsdp' && level === 3
  const version = isOldest ? 3 : name === 'MQTT' && (level === 4 || level === 5) ? level : 0
  if (version === 0) {
    fields.wrong.add(UNSUPPORTED) // [MQTT-3.1.2-1]
    throw new Malformed('another protocol')
  }
  const flags = fields.number(1)
  fields.number(2)
  const [hasWill, willQos] = [(flags & 4) > 0, flags >> 3 & 3]
  // [MQTT-3.1.2-3] [MQTT-3.1.2-11] [MQTT-3.1.2-12] [MQTT-3.1.2-13]
  if ((flags & 1 && version > 3) || willQos === 3 || (!hasWill && flags & 0x38)) throw new Malformed('flags of CONNECT')
  if (version < 5 && (flags & 0xc0) === 0x40) throw new Malformed('a password without a name')
  const properties = version === 5 ? propertiesOf(fields, 'connect') : new Map<number, unknown>()
  if (properties.has(22) && !properties.has(21)) fields.wrong.add(PROTOCOL_ERROR)
  fields.text()
  if (hasWill) judgeWill(fields, version)
  if (flags & 0x80) fields.text()
  if (flags & 0x40) fields.binary()
  fields.checkEnd()
}

function judgeWill(fields: Fields, version: number): void {
  const before = fields.at
  if (version === 5) propertiesOf(fields, 'will')
  const isMarked = Buffer.from(fields.bytes.subarray(before, fields.at)).includes(Buffer.from([1, 1]))
  const topic = fields.text()
  if (topic === '' || /[+#]/.test(topic)) fields.wrong.add(TOPIC_NAME_INVALID).add(MALFORMED)
  if (!isText(fields.binary()) && isMarked) fields.wrong.add(BAD_PAYLOAD)
}
