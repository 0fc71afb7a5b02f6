// The record store of a gateway of a cluster: it holds the core's records in memory, by the session that they belong
// to, and knows which sessions have changed. What a session's client is not told before it is kept makes the change
// urgent; what may be found a second time, as that a message at QoS 1 was acknowledged, does not.
import {
  MARK_RELEASED, MARK_SENT, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION,
} from '../../../records/record_kind'
import type { RoamingStore } from '../roaming_records'
import { secondsNow } from '../time'
import { HostedSession, type Place } from './hosted_session'

/** A record. */
export interface Held {
  kind: number
  /** Of a message that stands in the log they are not kept. */
  bytes: Uint8Array
  size: number
  marks: number
  sequence: number
  /** When it was added. */
  seconds: number
  place: Place | null
  hosted: HostedSession | null
  /** Of a place in a queue: its message. */
  message: Held | null
}

const nothing = new Uint8Array(0)
/** Where records have what is looked at here: see records/record_kind.ts. */
const CLIENT_SIZE_AT = 9
const CLIENT_AT = 11
const MESSAGE_AT = 4
const FLAGS_AT = 16
const QOS_2 = 4
/** The sequence number of a record in another one has six bytes. */
const SEQUENCE_SIZE = 6

export class ClusterRecords implements RoamingStore {
  readonly hosted = new Map<string, HostedSession>()
  private readonly owners = new Map<number, HostedSession>()
  private readonly records: (Held | null)[] = [null]
  private readonly free: number[] = []
  private readonly messages = new Map<number, Held>()
  private sequenceLast = 0
  private ownerLast = 0
  /** Sessions that have changed since they were looked at. */
  urgent = new Set<HostedSession>()
  dirty = new Set<HostedSession>()
  /** Where the message stands that is given to the core. */
  place: Place | null = null
  /** Sessions that get what is given to the core; null: that does not matter. */
  takers: Set<HostedSession> | null = null
  /** Names of records that the core is to take, while a session comes. */
  private coming: number[] = []
  /** Something came that is to be written before anybody is told. */
  onUrgent: () => void = () => undefined
  /** Whether what clients ask to be kept can be. */
  hasRoom: () => boolean = () => true

  /** What the log has brought is kept whatever happens. */
  room(): boolean {
    return this.place !== null || this.hasRoom()
  }

  host(client: string): HostedSession {
    let hosted = this.hosted.get(client)
    if (!hosted) this.hosted.set(client, hosted = new HostedSession(client))
    return hosted
  }

  touch(hosted: HostedSession, isUrgent: boolean): void {
    if (hosted.isOver) return
    this.dirty.add(hosted)
    if (!isUrgent) return
    this.urgent.add(hosted)
    this.onUrgent()
  }

  /** Nothing of it is this gateway's any more. */
  drop(hosted: HostedSession): void {
    hosted.isOver = true
    this.dirty.delete(hosted)
    this.urgent.delete(hosted)
    this.owners.delete(hosted.owner)
    if (this.hosted.get(hosted.client) === hosted) this.hosted.delete(hosted.client)
  }

  /** A number that the core has given to no session. */
  ownerNext(): number {
    return this.ownerLast + 1
  }

  private name(held: Held): number {
    const name = this.free.pop() ?? this.records.length
    this.records[name] = held
    return name
  }

  add(kind: number, bytes: Uint8Array): number {
    const held: Held = {
      kind, bytes, size: bytes.length, marks: 0, sequence: ++this.sequenceLast, seconds: secondsNow(), place: null,
      hosted: null, message: null,
    }
    this.link(held)
    return this.name(held)
  }

  /** Makes the record its session's. */
  private link(held: Held): void {
    const { kind, bytes } = held
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) {
      this.messages.set(held.sequence, held)
      if (kind === RECORD_MESSAGE && this.place) {
        held.place = this.place
        held.bytes = nothing
      }
      return
    }
    const owner = view.readUInt32BE(0)
    const hosted = kind === RECORD_SESSION
      ? this.host(view.toString('utf8', CLIENT_AT, CLIENT_AT + view.readUInt16BE(CLIENT_SIZE_AT)))
      : this.owners.get(owner)
    if (!hosted) return
    held.hosted = hosted
    if (kind === RECORD_SESSION) this.sessionSet(hosted, held, owner)
    else if (kind === RECORD_SUBSCRIPTION) hosted.subscriptions.add(held)
    else if (kind === RECORD_INBOUND) hosted.inbound.add(held)
    else if (kind === RECORD_QUEUED) {
      hosted.queue.add(held)
      this.takers?.add(hosted)
      held.message = this.messages.get(view.readUIntBE(MESSAGE_AT, SEQUENCE_SIZE)) ?? null
    }
    this.touch(hosted, kind !== RECORD_QUEUED || (view[FLAGS_AT] & QOS_2) > 0)
  }

  private sessionSet(hosted: HostedSession, held: Held, owner: number): void {
    this.owners.delete(hosted.owner)
    this.owners.set(owner, hosted)
    this.ownerLast = Math.max(this.ownerLast, owner)
    hosted.owner = owner
    hosted.session = held
  }

  /** That a message was sent is not urgent: nobody is told of anything by that. */
  mark(record: number, mark: number): void {
    const held = this.records[record]!
    held.marks |= mark
    if (held.kind === RECORD_QUEUED && mark === MARK_RELEASED) held.message = null
    if (held.hosted) this.touch(held.hosted, held.kind === RECORD_QUEUED && mark !== MARK_SENT)
  }

  remove(record: number): void {
    const held = this.records[record]!
    this.records[record] = null
    this.free.push(record)
    const { kind, hosted } = held
    if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) this.messages.delete(held.sequence)
    if (!hosted) return
    if (kind === RECORD_QUEUED) hosted.queue.delete(held)
    else if (kind === RECORD_SUBSCRIPTION) hosted.subscriptions.delete(held)
    else if (kind === RECORD_INBOUND) hosted.inbound.delete(held)
    // Another one has taken its place before.
    else if (kind === RECORD_SESSION && hosted.session !== held) return
    else if (kind === RECORD_SESSION) hosted.session = null
    this.touch(hosted, kind !== RECORD_QUEUED)
  }

  /** The core takes these by `next`, and has them from then on. */
  come(records: { kind: number, bytes: Uint8Array, marks: number, seconds: number, place?: Place | null }[]): number[] {
    let message: Held | null = null
    return this.coming = records.map(({ kind, bytes, marks, seconds, place = null }) => {
      const held: Held = {
        kind, bytes, size: bytes.length, marks, sequence: ++this.sequenceLast, seconds, place: null, hosted: null,
        message: null,
      }
      this.link(held)
      held.place = place
      if (kind === RECORD_MESSAGE) message = held
      else if (kind === RECORD_QUEUED) [held.message, message] = [message, null]
      return this.name(held)
    })
  }

  /** It has them. */
  came(): void {
    for (const name of this.coming) {
      const held = this.records[name]
      if (held?.place) held.bytes = nothing
    }
    this.coming = []
  }

  next(record: number): number {
    return this.coming[record ? this.coming.indexOf(record) + 1 : 0] ?? 0
  }

  kind(record: number): number {
    return this.records[record]!.kind
  }

  marks(record: number): number {
    return this.records[record]!.marks
  }

  size(record: number): number {
    return this.records[record]!.size
  }

  sequence(record: number): number {
    return this.records[record]!.sequence
  }

  age(record: number): number {
    return Math.max(0, secondsNow() - this.records[record]!.seconds)
  }

  bytes(record: number): Uint8Array {
    return this.records[record]!.bytes
  }
}
