// Makes sessions of their keys in this gateway's core: what was kept of each, and then what the log has had since.
import {
  MARK_RELEASED, MARK_SENT, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_SESSION, RECORD_SUBSCRIPTION,
  RECORD_WILL,
} from '../../../records/record_kind'
import { MESSAGE_HEAD_SIZE, NEVER } from '../../../records/message_head'
import type { Published } from '../cluster_seam'
import { secondsNow } from '../time'
import type { ClusterRecords } from './cluster_records'
import { OWNER_SIZE, type Place, type SessionState } from './hosted_session'
import { topicOf } from './log_entry'
import type { LogReader, ReadEntry } from './log_reader'

export interface Coming {
  state: SessionState
  revision: number
  /** The last entry of the log that the session has had for sure. */
  cursor: number
  /** The gateway that had it is gone without a word: what was sent is not known, and its connection is lost. */
  isLost: boolean
}

export interface ImportCore {
  sessionImport(at: number): void
  sessionsSettle(): void
  /** As for the log's entries, for sessions that come alone. False: there is no room. */
  publish(message: Published, writtenMs: number, place: Place, replayAt: number): boolean
  /** Whether a message of an entry counts. */
  counts(entry: ReadEntry, index: number): boolean
  /** A session has come that may need an entry again, and what is behind it. */
  needs(seq: number): void
}

interface ComingRecord { kind: number, bytes: Uint8Array, marks: number, seconds: number, place?: Place | null }

/** Where a session's record has its flags, and the flag of a client that is away. */
const SESSION_FLAGS_AT = 8
const IS_AWAY = 1
const SESSION_HEAD_SIZE = 11
/** Entries that are fetched at a time; turns of the event loop that wait for room. */
const FETCH_MAX = 64

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64')

/** What a session owns, with its new owner in front. */
function owned(owner: number, bytes: Uint8Array): Buffer {
  const whole = Buffer.alloc(OWNER_SIZE + bytes.length)
  whole.writeUInt32BE(owner)
  whole.set(bytes, OWNER_SIZE)
  return whole
}

/** The record of a message of the log, which was written then. */
function messageRecord({ bytes, topicSize, propertiesSize, flags, expiry }: Published): Buffer {
  const head = Buffer.alloc(MESSAGE_HEAD_SIZE)
  head.writeUInt32BE(propertiesSize)
  head.writeUInt16BE(topicSize, 4)
  head[6] = flags
  head.writeUInt32BE(expiry || NEVER, 8)
  return Buffer.concat([head, bytes])
}

/** A session that ends with its connection, as a record: it is over as soon as its Will has been looked at. */
function brief(client: string): Buffer {
  const name = Buffer.from(client)
  const record = Buffer.alloc(SESSION_HEAD_SIZE)
  record[SESSION_FLAGS_AT] = IS_AWAY
  record.writeUInt16BE(name.length, SESSION_HEAD_SIZE - 2)
  return Buffer.concat([record, name])
}

export class SessionImport {
  constructor(
    private readonly records: ClusterRecords, private readonly reader: LogReader, private readonly core: ImportCore,
  ) {}

  /** Makes all of them; ends when they have had what the log has. */
  async run(coming: Coming[]): Promise<void> {
    if (!coming.length) return
    const { reader } = this
    const first = await reader.firstOf(Math.min(...coming.map(({ cursor }) => cursor)))
    await reader.until(Math.max(...coming.map(({ cursor }) => cursor)))
    const bodies = await this.bodies(coming)
    const missed: ReadEntry[] = []
    await this.fetch(missed, first + 1, reader.position)
    await reader.alone(async () => {
      await this.fetch(missed, first + 1 + missed.length, reader.position)
      await this.make(coming, bodies, missed)
    })
  }

  private async make(coming: Coming[], bodies: Map<number, ReadEntry>, missed: ReadEntry[]): Promise<void> {
    const { core, records } = this
    for (const one of coming) this.inboundFind(one, missed)
    for (const one of coming) this.makeOne(one, bodies)
    for (const entry of missed) await this.replay(entry)
    core.sessionsSettle()
    for (const { state: { client } } of coming) {
      const hosted = records.host(client)
      core.needs(hosted.needs)
      records.touch(hosted, true)
    }
  }

  /** The entries that queues have messages of. */
  private async bodies(coming: Coming[]): Promise<Map<number, ReadEntry>> {
    const wanted = new Set(coming.flatMap(({ state }) => state.queue.map(({ place }) => place?.[0] ?? 0)))
    wanted.delete(0)
    const found = new Map<number, ReadEntry>()
    const numbers = [...wanted]
    for (let at = 0; at < numbers.length; at += FETCH_MAX) {
      const entries = await Promise.all(numbers.slice(at, at + FETCH_MAX).map((seq) => this.reader.entry(seq)))
      for (const entry of entries) if (entry) found.set(entry.seq, entry)
    }
    return found
  }

  private async fetch(into: ReadEntry[], from: number, to: number): Promise<void> {
    for (let seq = from; seq <= to; seq += FETCH_MAX) {
      const count = Math.min(FETCH_MAX, to - seq + 1)
      const entries = await Promise.all(Array.from({ length: count }, (_, i) => this.reader.entry(seq + i)))
      for (const [i, entry] of entries.entries()) {
        into.push(entry ?? { seq: seq + i, writtenMs: 0, node: '', count: 0, messages: [], notice: null })
      }
    }
  }

  /**
   * A message at QoS 2 that its gateway put into the log, and did not live to note in the session's key: its client
   * sends it again, and it must not be published twice.
   */
  private inboundFind({ state }: Coming, missed: ReadEntry[]): void {
    for (const entry of missed) {
      if (entry.seq <= state.published) continue
      for (const [index, { clientIdentifier, flags, packetIdentifier }] of entry.messages.entries()) {
        const isOpen = clientIdentifier === state.client && flags & 4 && packetIdentifier
          && this.core.counts(entry, index)
        if (isOpen && !state.inbound.includes(packetIdentifier)) state.inbound.push(packetIdentifier)
      }
    }
  }

  private makeOne({ state, revision, cursor, isLost }: Coming, bodies: Map<number, ReadEntry>): void {
    const { records } = this
    const owner = records.ownerNext()
    const found = this.recordsOf(state, owner, bodies, isLost)
    const hosted = records.host(state.client)
    hosted.revision = hosted.takenAt = revision
    hosted.over = state.over
    hosted.epoch = state.epoch
    hosted.published = Math.max(state.published, this.reader.position)
    if (!state.session && !state.will) return
    records.come(found)
    this.core.sessionImport(cursor)
    records.came()
  }

  private recordsOf(
    state: SessionState, owner: number, bodies: Map<number, ReadEntry>, isLost: boolean,
  ): ComingRecord[] {
    const now = secondsNow()
    const session = state.session ? bytesOf(state.session) : brief(state.client)
    session.writeUInt32BE(owner)
    // Its time begins when its connection was lost.
    if (state.isConnected) session[SESSION_FLAGS_AT] |= IS_AWAY
    const seconds = state.isConnected ? now : state.at
    const found: ComingRecord[] = [{ kind: RECORD_SESSION, bytes: session, marks: 0, seconds }]
    for (const { record, marks } of state.subscriptions) {
      found.push({ kind: RECORD_SUBSCRIPTION, bytes: owned(owner, bytesOf(record)), marks, seconds: now })
    }
    for (const { row, marks, place, message, at } of state.queue) {
      if (!(marks & MARK_RELEASED)) {
        const entry = place && bodies.get(place[0])
        const known = place && entry?.messages[place[1]]
        // The engine has let it go, or has lost it.
        if (place && !known) continue
        found.push(entry && known
          ? {
            kind: RECORD_MESSAGE, bytes: messageRecord(known), marks: 0,
            seconds: Math.floor(entry.writtenMs / 1_000), place: { seq: place[0], index: place[1] },
          }
          : { kind: RECORD_MESSAGE, bytes: bytesOf(message!), marks: 0, seconds: at ?? now })
      }
      // Who is gone may have sent it.
      const sent = isLost ? marks | MARK_SENT : marks
      found.push({ kind: RECORD_QUEUED, bytes: owned(owner, bytesOf(row)), marks: sent, seconds: now })
    }
    for (const identifier of state.inbound) {
      const bytes = owned(owner, Buffer.from([identifier >> 8, identifier & 0xff]))
      found.push({ kind: RECORD_INBOUND, bytes, marks: 0, seconds: now })
    }
    if (state.will) {
      const will = bytesOf(state.will)
      will.writeUInt32BE(owner)
      found.push({ kind: RECORD_WILL, bytes: will, marks: 0, seconds: now })
    }
    return found
  }

  private async replay(entry: ReadEntry): Promise<void> {
    const { seq, messages, writtenMs } = entry
    for (const [index, message] of messages.entries()) {
      if (topicOf(message).startsWith('$SYS/') || !this.core.counts(entry, index)) continue
      while (!this.core.publish(message, writtenMs, { seq, index }, seq)) {
        await new Promise((resolve) => { setImmediate(resolve) })
      }
    }
  }
}
