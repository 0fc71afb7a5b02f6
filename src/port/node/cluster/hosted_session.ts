// A session that this gateway has: what the core keeps of it, by its records, and what stands in its key of the bucket,
// from which another gateway makes it again.
import type { Held } from './cluster_records'

/** Where a message stands in the log: the entry, and its place in it. */
export interface Place { seq: number, index: number }

/** A message's place in a queue: its record without the owner, its marks, and the message. */
export interface QueuedState {
  row: string
  marks: number
  /** In the log; or by its own record, with the time at which that was written. */
  place?: [seq: number, index: number]
  message?: string
  at?: number
}

/** What a key has, JSON; bytes in Base64. */
export interface SessionState {
  client: string
  /** The gateway that has it; the key's revision that it knew of when it took it; how often that has changed. */
  node: string
  over: number
  epoch: number
  /** It is connected: who finds it so and the gateway gone knows that its Will is due. */
  isConnected: boolean
  /** It was given to the gateway, which has not said yet that it took it. */
  isGiven: boolean
  /** The last entry of the log that it has had; and of its own, until which `inbound` is right. */
  cursor: number
  published: number
  /** Its record, and when that was written, seconds; null: it ends with its connection. */
  session: string | null
  at: number
  subscriptions: { record: string, marks: number }[]
  queue: QueuedState[]
  /** Packet Identifiers of messages of QoS 2 that it has sent and not released. */
  inbound: number[]
  /** The record of its Will. */
  will: string | null
}

/** Bytes of the owner's number in front of what a session owns. */
export const OWNER_SIZE = 4

export class HostedSession {
  readonly bytes: Uint8Array
  epoch = 1
  /** Of its key; 0: it was never written. When this gateway took it, and the one that was known of then. */
  revision = 0
  takenAt = 0
  over = 0
  /** The core's number for it. */
  owner = 0
  session: Held | null = null
  readonly subscriptions = new Set<Held>()
  readonly queue = new Set<Held>()
  readonly inbound = new Set<Held>()
  published = 0
  /** Its client was let in, and may take until then to be there; milliseconds. */
  expectedUntil = 0
  /** Somebody else has it by now, or is about to: what happens to its records means nothing. */
  isOver = false
  /** What it had since its key was written last is nobody's. */
  isLost = false

  constructor(readonly client: string) {
    this.bytes = Buffer.from(client)
  }

  /** The first entry of the log that it may need again. */
  get needs(): number {
    let least = Infinity
    for (const { message } of this.queue) if (message?.place) least = Math.min(least, message.place.seq)
    return least
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

function queuedState({ bytes, marks, message }: Held): QueuedState {
  const row = text(bytes.subarray(OWNER_SIZE))
  if (!message) return { row, marks }
  if (message.place) return { row, marks, place: [message.place.seq, message.place.index] }
  return { row, marks, message: text(message.bytes), at: message.seconds }
}

/** What its key is to have, as it is now; null: it is gone. */
export function stateOf(
  hosted: HostedSession, node: string, cursor: number, isConnected: boolean, will: Uint8Array | null,
): SessionState | null {
  const { client, over, epoch, published, session, subscriptions, queue, inbound } = hosted
  if (!session && !isConnected) return null
  return {
    client, node, over, epoch, isConnected, isGiven: false, cursor, published, session: session && text(session.bytes),
    at: session ? session.seconds : 0,
    subscriptions: [...subscriptions].map(({ bytes, marks }) => ({ record: text(bytes.subarray(OWNER_SIZE)), marks })),
    queue: [...queue].map(queuedState),
    inbound: [...inbound].map(({ bytes }) => Buffer.from(bytes).readUInt16BE(OWNER_SIZE)), will: will && text(will),
  }
}

/** Bytes in front of the filter in what a key has of a subscription: see RECORD_SUBSCRIPTION. */
const FILTER_AT = 5

/** The Topic Filters of a session. */
export const filtersOf = ({ subscriptions }: SessionState): string[] =>
  subscriptions.map(({ record }) => Buffer.from(record, 'base64').toString('utf8', FILTER_AT))

export const stateBytes = (state: SessionState): Uint8Array => Buffer.from(JSON.stringify(state))

export const stateRead = (bytes: Uint8Array): SessionState => JSON.parse(Buffer.from(bytes).toString()) as SessionState
