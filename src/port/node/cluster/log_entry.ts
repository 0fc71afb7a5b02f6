// An entry of the cluster's log: the messages that one gateway took between two commits, or what a gateway has to say
// to all others at one place of the log. Numbers have the highest byte first.
//
// Messages: 1; which of the gateway's entries it is 6; when it was written, milliseconds, a double 8; bytes of the
// gateway's name 1, its name; then each: expiry 4, Packet Identifier 2, flags 1, bytes of the Client Identifier 2, of
// the topic 2, of the properties 4, of topic, properties and payload 4; Client Identifier, these. A notice is JSON.
import type { Published } from '../cluster_seam'
import { wallMs } from '../time'

const MESSAGES = 1
const HEAD_SIZE = 19
const COUNT_SIZE = 6
const WRITTEN_AT = 1 + COUNT_SIZE
const NODE_AT = WRITTEN_AT + 8 + 1

/** What a gateway says to all, in the order of the log. */
export type Notice =
  /** A gateway is over: what it says behind this does not count. */
  | { kind: 'gone', node: string }
  /** A gateway has come. */
  | { kind: 'hello', node: string }
  /** A gateway has taken sessions. */
  | { kind: 'taken', node: string, sessions: Taking[] }

export interface Taking {
  client: string
  /** Of its key with the gateway's name in it, and the one that was known of when that was written. */
  revision: number
  over: number
}

export interface LogEntry {
  /** The gateway that wrote it. */
  node: string
  /** Which of its entries with messages it is; 0: that does not matter. */
  count: number
  /** When, milliseconds since 1970 by that gateway's clock; 0: that does not matter. */
  writtenMs: number
  messages: Published[]
  notice: Notice | null
}

/** Bytes that a message takes in an entry, besides what is counted once. */
export const messageSize = ({ clientIdentifier, bytes }: Published): number =>
  HEAD_SIZE + Buffer.byteLength(clientIdentifier) + bytes.length

export function messagesEncode(node: string, count: number, messages: readonly Published[]): Uint8Array {
  const name = Buffer.from(node)
  const first = Buffer.alloc(NODE_AT)
  first[0] = MESSAGES
  first.writeUIntBE(count, 1, COUNT_SIZE)
  first.writeDoubleBE(wallMs(), WRITTEN_AT)
  first[NODE_AT - 1] = name.length
  const parts: Uint8Array[] = [first, name]
  for (const { clientIdentifier, packetIdentifier, flags, topicSize, propertiesSize, bytes, expiry } of messages) {
    const client = Buffer.from(clientIdentifier)
    const head = Buffer.alloc(HEAD_SIZE)
    head.writeUInt32BE(expiry, 0)
    head.writeUInt16BE(packetIdentifier, 4)
    head[6] = flags
    head.writeUInt16BE(client.length, 7)
    head.writeUInt16BE(topicSize, 9)
    head.writeUInt32BE(propertiesSize, 11)
    head.writeUInt32BE(bytes.length, 15)
    parts.push(head, client, bytes)
  }
  return Buffer.concat(parts)
}

export const noticeEncode = (notice: Notice): Uint8Array => Buffer.from(JSON.stringify(notice))

/** The entry of its bytes; views of them. Throws where they are none. */
export function entryDecode(given: Uint8Array): LogEntry {
  const entry = Buffer.from(given.buffer, given.byteOffset, given.length)
  if (entry[0] !== MESSAGES) {
    const notice = JSON.parse(entry.toString()) as Notice
    return { node: notice.node, count: 0, writtenMs: 0, messages: [], notice }
  }
  let at = NODE_AT + entry[NODE_AT - 1]
  const node = entry.toString('utf8', NODE_AT, at)
  const messages: Published[] = []
  while (at < entry.length) {
    const clientEnd = at + HEAD_SIZE + entry.readUInt16BE(at + 7)
    const end = clientEnd + entry.readUInt32BE(at + 15)
    messages.push({
      clientIdentifier: entry.toString('utf8', at + HEAD_SIZE, clientEnd),
      packetIdentifier: entry.readUInt16BE(at + 4), flags: entry[at + 6], topicSize: entry.readUInt16BE(at + 9),
      propertiesSize: entry.readUInt32BE(at + 11), bytes: entry.subarray(clientEnd, end),
      expiry: entry.readUInt32BE(at),
    })
    at = end
  }
  const writtenMs = entry.readDoubleBE(WRITTEN_AT)
  return { node, count: entry.readUIntBE(1, COUNT_SIZE), writtenMs, messages, notice: null }
}

/** Seconds that are left of a message that was written at a time (milliseconds); 0: it does not expire. */
export const secondsLeft = ({ expiry }: Published, writtenMs: number): number =>
  expiry ? Math.max(1, expiry - Math.floor(Math.max(0, wallMs() - writtenMs) / 1_000)) : 0

/** [MQTT-3.3.2-5] */
export const isExpired = ({ expiry }: Published, writtenMs: number): boolean =>
  expiry > 0 && writtenMs + expiry * 1_000 <= wallMs()

/** The topic of a message. */
export const topicOf = ({ bytes, topicSize }: Published): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, topicSize).toString()
