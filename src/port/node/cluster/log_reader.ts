// Reads the cluster's log, once for all sessions of this gateway, and gives each entry to whoever takes it, in order
// and without a gap. What was read lately is kept for sessions that come from other gateways.
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { Lately } from '../lately'
import type { Engine } from './engine'
import { type LogEntry, entryDecode } from './log_entry'

/** Entries that each group is given as they were decoded. */
const DECODED_MAX = 64
/** Bytes of entries that are kept. */
const KEPT_SIZE_MAX = 67_108_864
/** Milliseconds between two looks whether it has stopped, and until somebody who had no room is asked again. */
const LOOK_MS = 2_000
const ROOM_MS = 20

export interface ReadEntry extends LogEntry { seq: number }

export class LogReader {
  /** The last entry that was taken as a whole. */
  position = 0
  private readonly waiting: ReadEntry[] = []
  private readonly kept = new Map<number, Uint8Array>()
  private keptSize = 0
  private readonly decoded = new Lately<number, ReadEntry>(DECODED_MAX)
  /** The last entry that has come. */
  private comeLast = 0
  /** Works that it waits for. */
  private holds = 0
  private before: Promise<void> = Promise.resolve()
  private isPumping = false
  /** There was no room for all of the next entry; who waits until it has been taken. */
  private isHalf = false
  private readonly whole: (() => void)[] = []
  private messages: ConsumerMessages | null = null
  private consumer: Consumer | null = null
  /** Of the attempt that counts. */
  private attempt = 0
  private look: NodeJS.Timeout | undefined
  private lookedAt = 0
  private readonly awaited: { seq: number, resolve: () => void }[] = []

  /** `take` answers false where it has no room for the entry's rest yet. */
  constructor(private readonly engine: Engine, private readonly take: (entry: ReadEntry) => boolean) {}

  /** Reads what is behind a position. */
  begin(position: number): void {
    this.position = this.comeLast = position
    this.look = setInterval(() => void this.looked().catch(() => undefined), LOOK_MS).unref()
    void this.follow()
  }

  /** Reads on, by a consumer of its own: the one before is over. */
  async follow(): Promise<void> {
    const attempt = ++this.attempt
    this.messages?.stop()
    this.messages = null
    if (!this.look) return
    try {
      await this.skip()
      const { stream, log } = this.engine
      const consumer = await stream!.consumers.get(log, { opt_start_seq: this.comeLast + 1 })
      const messages = await consumer.consume({
        callback: (message) => this.come(attempt, message), max_messages: 1_000, expires: 4_000, idle_heartbeat: 1_000,
      })
      if (attempt !== this.attempt) return messages.stop()
      this.messages = messages
      this.consumer = consumer
    } catch {
      // The next look tries again.
    }
  }

  /** What was let go before it came: this gateway stood still for so long that others have ended it. */
  private async skip(): Promise<void> {
    const { first } = await this.engine.range()
    if (first <= this.comeLast + 1 || this.waiting.length) return
    this.position = this.comeLast = first - 1
    this.awaitedTell()
  }

  private async looked(): Promise<void> {
    if (!this.engine.isReady) return
    const { last } = await this.engine.range()
    const isStuck = last > this.comeLast && this.comeLast === this.lookedAt
    this.lookedAt = this.comeLast
    if (isStuck || !this.messages) await this.follow()
  }

  private come(attempt: number, { seq, data }: JsMsg): void {
    if (attempt !== this.attempt || seq <= this.comeLast) return
    if (seq !== this.comeLast + 1) return void this.follow()
    this.comeLast = seq
    this.keep(seq, data)
    this.waiting.push(this.decode(seq, data))
    this.pump()
  }

  private keep(seq: number, bytes: Uint8Array): void {
    this.kept.set(seq, bytes)
    this.keptSize += bytes.length
    for (const [old, { length }] of this.kept) {
      if (this.keptSize <= KEPT_SIZE_MAX) break
      this.kept.delete(old)
      this.keptSize -= length
    }
  }

  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    while ((!this.holds || this.isHalf) && this.waiting.length) {
      this.isHalf = !this.take(this.waiting[0])
      if (this.isHalf) {
        setTimeout(() => this.pump(), ROOM_MS)
        break
      }
      this.position = this.waiting.shift()!.seq
    }
    this.isPumping = false
    if (!this.isHalf) for (const resolve of this.whole.splice(0)) resolve()
    this.awaitedTell()
  }

  private awaitedTell(): void {
    while (this.awaited.length && this.awaited[0].seq <= this.position) this.awaited.shift()!.resolve()
  }

  /** The position, or the one that the log begins behind by now. */
  async firstOf(position: number): Promise<number> {
    if (this.kept.has(position + 1)) return position
    const { first } = await this.engine.range()
    return Math.max(position, first - 1)
  }

  /** Ends when an entry has been taken. */
  until(seq: number): Promise<void> {
    if (seq <= this.position) return Promise.resolve()
    return new Promise((resolve) => {
      this.awaited.push({ seq, resolve })
      this.awaited.sort((a, b) => a.seq - b.seq)
    })
  }

  /** Does something between two entries, one such thing after the other. */
  alone(work: () => Promise<void>): Promise<void> {
    this.holds++
    const result = this.before.then(() => this.betweenEntries()).then(work).finally(() => {
      this.holds--
      this.pump()
    })
    this.before = result.catch(() => undefined)
    return result
  }

  private betweenEntries(): Promise<void> {
    return this.isHalf ? new Promise((resolve) => { this.whole.push(resolve) }) : Promise.resolve()
  }

  /** An entry that was read before, or that the engine still has; null: it is gone. */
  async entry(seq: number): Promise<ReadEntry | null> {
    const known = this.decoded.get(seq)
    if (known) return known
    const found = this.kept.get(seq) ?? await this.engine.entry(seq)
    return found && this.decode(seq, found)
  }

  private decode(seq: number, bytes: Uint8Array): ReadEntry {
    const entry = { ...entryDecode(bytes), seq }
    this.decoded.set(seq, entry)
    return entry
  }

  stop(): void {
    clearInterval(this.look)
    this.look = undefined
    this.attempt++
    this.messages?.stop()
    void this.consumer?.delete().catch(() => undefined)
  }
}
