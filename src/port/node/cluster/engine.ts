// The connection to the engine, NATS JetStream: one log, and three buckets of keys and values. A connection that is
// lost is made anew by this file and not by the client's package, which would send later what it had in hand: by then
// somebody else may have gone on.
import type { JetStreamClient, JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node'
import type { EngineModules } from './engine_modules'
import { bucketsOpen, logMake } from './engine_setup'
import {
  type Bucket, type EngineOptions, Overtaken, type Stored, TooLarge, Unwanted, nullWhereLost, nullWhereOvertaken,
} from './engine_terms'

/** Milliseconds that the engine has for an answer, until one is tried again, and until a connection is. */
const ANSWER_MS = 2_000
const AGAIN_MS = 100
/** Milliseconds after which a stream is to have another leader: servers choose one within ten seconds themselves. */
const STUCK_MS = 10_000
const CONNECT_MS = 200
const PING_MS = 2_000
/** Bytes of a key's headers, at the most. */
const HEADERS_SIZE = 1_024
/** Wrong last sequence. */
const WRONG_SEQUENCE = 10_071
const REPLICAS = 3
/** Keys that are read at a time. */
const READS_MAX = 128
/** Milliseconds that the servers have to find each other. */
const SETUP_MS = 30_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export class Engine {
  connection: NatsConnection | null = null
  stream: JetStreamClient | null = null
  manager: JetStreamManager | null = null
  private buckets = new Map<Bucket, KV>()
  private isStopped = false
  /** Answers in time. */
  isReady = false
  /** What is being asked again, as it was refused or not answered. */
  private refused = 0
  /** Since when that is so. */
  private awaySince = performance.now()
  readonly subject: string
  readonly log: string
  /** The largest entry. */
  entrySizeMax = 1_048_576
  /** Told when it is ready or away; why is for people. */
  told: (isReady: boolean, reason: string) => void = () => undefined
  /** There is a connection anew. */
  connected: () => void = () => undefined

  constructor(private readonly modules: EngineModules, private readonly options: EngineOptions) {
    this.subject = `${options.name}.log`
    this.log = `${options.name}_log`.toUpperCase()
  }

  /** Milliseconds that it has been away. */
  get awayMs(): number {
    return this.isReady ? 0 : performance.now() - this.awaySince
  }

  /** Connects, and makes what is not there; rejects with a sentence where that cannot be done. */
  async open(): Promise<void> {
    const limit = performance.now() + SETUP_MS
    for (;;) {
      const reason = await this.attempt(true).catch((error: Error) => error.message)
      if (reason === undefined) return
      if (this.isStopped || performance.now() > limit) {
        const where = this.options.servers.join(', ')
        throw new Error(`The engine of the cluster, ${where}, cannot be used: ${reason}`)
      }
      await wait(CONNECT_MS)
    }
  }

  private async attempt(isFirst: boolean): Promise<undefined> {
    const { jetstream, jetstreamManager, Kvm } = this.modules
    const connection = await this.connect({ reconnect: false, noEcho: true })
    try {
      this.stream = jetstream(connection, { timeout: ANSWER_MS })
      this.manager = await jetstreamManager(connection, { timeout: ANSWER_MS, checkAPI: false })
      this.entrySizeMax = connection.info?.max_payload ?? this.entrySizeMax
      const replicas = connection.info?.cluster ? REPLICAS : 1
      if (isFirst) await logMake(this.manager, this.log, this.subject, replicas)
      const kvm = new Kvm(this.stream)
      this.buckets = await bucketsOpen(kvm, this.options.name, isFirst ? replicas : null, ANSWER_MS)
    } catch (error) {
      await connection.close().catch(() => undefined)
      throw error
    }
    this.connection = connection
    void connection.closed().then((error) => this.closed(connection, error instanceof Error ? error.message : ''))
    this.look('')
    this.connected()
  }

  private connect(options: NodeConnectionOptions): Promise<NatsConnection> {
    const { servers, name } = this.options
    return this.modules.connect({
      servers, timeout: ANSWER_MS, pingInterval: PING_MS, maxPingOut: 2, name: `midge ${name}`, ...options,
    })
  }

  /** A connection that hears what this gateway says, too. It sends nothing, and the package makes it anew. */
  hear(): Promise<NatsConnection> {
    return this.connect({ maxReconnectAttempts: -1, waitOnFirstConnect: true })
  }

  private closed(connection: NatsConnection, reason: string): void {
    if (this.connection !== connection) return
    this.connection = null
    this.look(reason || 'the connection was closed')
    void this.reconnect()
  }

  private async reconnect(): Promise<void> {
    while (!this.isStopped && !this.connection) {
      await this.attempt(false).catch(() => undefined)
      if (!this.connection) await wait(CONNECT_MS)
    }
  }

  /** It is ready while there is a connection, and nothing that was asked is being asked again. */
  private look(reason: string): void {
    const isReady = this.connection !== null && !this.refused
    if (isReady === this.isReady) return
    this.isReady = isReady
    this.awaySince = performance.now()
    this.told(isReady, reason)
  }

  /**
   * Does something with a stream until the engine answers; rejects where it says no, or `isWanted` does. A server of
   * 2.9 that leads a stream may take nothing more for good, "has high message lag" in its log: another is to lead.
   */
  private async persist<T>(stream: string, ask: () => Promise<T>, isWanted = (): boolean => true): Promise<T> {
    let refusedAt: number | null = null
    try {
      for (;;) {
        if (this.isStopped || !isWanted()) throw new Unwanted('It is not wanted any more.')
        try {
          if (!this.connection) throw new Error('there is no connection')
          return await ask()
        } catch (error) {
          const { code, message } = error as Error & { code?: number }
          if (code === WRONG_SEQUENCE) throw new Overtaken(message)
          if (refusedAt === null) this.refused++
          refusedAt ??= performance.now()
          this.look(message)
          if (performance.now() - refusedAt > STUCK_MS) {
            refusedAt = performance.now()
            void this.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, '', ANSWER_MS)
          }
        }
        await wait(AGAIN_MS)
      }
    } finally {
      if (refusedAt !== null) this.refused--
      this.look('')
    }
  }

  /** Adds an entry to the log once, however often it is tried; answers its number. */
  async append(bytes: Uint8Array, identifier: string, isWanted: () => boolean): Promise<number> {
    const ask = (): Promise<{ seq: number }> => this.stream!.publish(this.subject, bytes, { msgID: identifier })
    return (await this.persist(this.log, ask, isWanted)).seq
  }

  /** The entry of a number that is written; null: it is gone. A server that lags behind, or is cut off, has it not. */
  async entry(seq: number): Promise<Uint8Array | null> {
    for (;;) {
      const ask = (): Promise<StoredMsg | null> => this.manager!.streams.getMessage(this.log, { seq })
      const found = await this.persist(this.log, () => ask().catch(nullWhereLost))
      if (found) return found.data
      if (seq < (await this.range()).first) return null
      await wait(AGAIN_MS)
    }
  }

  /** The first and the last number of the log. */
  async range(): Promise<{ first: number, last: number }> {
    const { state } = await this.persist(this.log, () => this.manager!.streams.info(this.log))
    return { first: state.first_seq, last: state.last_seq }
  }

  /** What a key has; null: nothing. */
  async read(bucket: Bucket, key: string): Promise<Stored | null> {
    const found = await this.persist(this.streamOf(bucket), () => this.buckets.get(bucket)!.get(key))
    return found && found.operation === 'PUT' ? { bytes: found.value, revision: found.revision }
      : found && { bytes: new Uint8Array(0), revision: found.revision }
  }

  /**
   * Writes a key whose last revision was this one, 0: it was never written. Answers the new one; rejects with Overtaken
   * where somebody else has written it, with TooLarge where it never will be. A write that was tried twice may have
   * been done the first time.
   */
  async write(
    bucket: Bucket, key: string, bytes: Uint8Array, revision: number, isWanted?: () => boolean,
  ): Promise<number> {
    if (bytes.length > this.entrySizeMax - HEADERS_SIZE) throw new TooLarge(`${bytes.length} bytes`)
    try {
      const ask = (): Promise<number> => this.buckets.get(bucket)!.put(key, bytes, { previousSeq: revision })
      return await this.persist(this.streamOf(bucket), ask, isWanted)
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
      const there = await this.read(bucket, key)
      if (there && Buffer.from(there.bytes).equals(bytes)) return there.revision
      throw error
    }
  }

  /** The key has nothing any more, unless somebody else has written it. */
  async clear(bucket: Bucket, key: string, revision: number, isWanted?: () => boolean): Promise<void> {
    const ask = (): Promise<void> => this.buckets.get(bucket)!.delete(key, { previousSeq: revision })
    await this.persist(this.streamOf(bucket), ask, isWanted).catch(nullWhereOvertaken)
  }

  private streamOf(bucket: Bucket): string {
    return `KV_${this.options.name}_${bucket}`
  }

  /** All keys of a bucket with what they have. */
  async all(bucket: Bucket): Promise<Map<string, Stored>> {
    const prefix = `$KV.${this.options.name}_${bucket}.`
    const stream = this.streamOf(bucket)
    const ask = (): Promise<StreamInfo> => this.manager!.streams.info(stream, { subjects_filter: `${prefix}>` })
    const { state } = await this.persist(stream, ask)
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length))
    const found = new Map<string, Stored>()
    for (let at = 0; at < keys.length; at += READS_MAX) {
      const some = keys.slice(at, at + READS_MAX)
      const values = await Promise.all(some.map((key) => this.read(bucket, key)))
      for (const [i, value] of values.entries()) if (value?.bytes.length) found.set(some[i], value)
    }
    return found
  }

  /** Asks a gateway; answers what it says, null where nobody hears, and undefined where no answer came. */
  async request(subject: string, text: string, ms: number): Promise<string | null | undefined> {
    try {
      return (await this.connection?.request(subject, text, { timeout: ms }))?.string()
    } catch (error) {
      return (error as { isNoResponders?: () => boolean }).isNoResponders?.() ? null : undefined
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await this.connection?.close()
  }
}
