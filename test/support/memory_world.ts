// The World over a core in memory: virtual time, connections that are arrays. Everything happens at once and in
// order, so nothing here ever waits.

import { LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED } from '../../src/broker/log_code'
import { PORT_PENDING } from '../../src/port/port'
import { boards, coreCreate, type BoardName, type CoreInstance } from './core_instance'
import type { Connection, Receiver } from './memory_connection'
import type { MemoryRecords } from './memory_records'
import { Peer, type Version, type Wire } from './peer'
import { Unread } from './unread'
import {
  CHALLENGE, CHALLENGE_ANSWER, CHALLENGE_METHOD, certificateName, type Configuration, type World,
} from './world'

/** Virtual time runs in steps no longer than this, as a runtime's own tick does. */
const TICK_MS = 1_000

const BAD_CREDENTIALS = 0x86
const NOT_AUTHORIZED = 0x87
const QUOTA_EXCEEDED = 0x97
const CONTINUE_AUTHENTICATION = 0x18
const BAD_METHOD = 0x8c

export class MemoryWorld implements World {
  readonly virtualTime = true
  readonly board
  private readonly ended: string[] = []
  /** Advice of portPause by slot. */
  readonly pauseAdvice = new Map<number, boolean>()
  now = 0
  private readonly bySlot = new Map<number, Connection>()
  private connections: Connection[] = []
  private readonly held: (() => void)[] = []
  private readonly rounds = new Map<number, number>()
  private randomState: number

  constructor(
    readonly name: BoardName, readonly core: CoreInstance, private readonly configuration: Configuration, seed: number,
    records: MemoryRecords | null = null,
  ) {
    this.board = boards[name]
    this.randomState = seed
    this.controlsSet()
    core.portControls.records = records
    core.brokerStart()
    for (const rule of configuration.rules ?? []) {
      if (!core.accessRuleAdd(rule.kind, rule.name, rule.access, rule.filter)) throw new Error('no room for a rule')
    }
    core.brokerTick(this.now)
    this.flush()
  }

  sessionsEnded(): string[] {
    return [...this.ended]
  }

  open(version: Version = 5): Promise<Peer> {
    return Promise.resolve(this.attach((wire) => new Peer(wire, version)))
  }

  /** A connection whose other end is not a test's client. */
  attach<End extends Receiver>(make: (wire: Wire) => End): End {
    const wire: Wire = {
      write: (bytes) => this.receive(connection, bytes),
      drop: () => this.drop(connection),
      pause: (paused) => {
        connection.paused = paused
        this.flush()
      },
      sip: () => {
        connection.unread = new Unread()
      },
      read: (size) => this.credit(connection, connection.unread!.read(size)),
      until: () => Promise.resolve(),
      settle: () => Promise.resolve(),
    }
    const peer = make(wire)
    const slot = this.core.brokerAccept()
    const connection: Connection = {
      slot, peer, pending: [], paused: false, unread: undefined, forgotten: false, dropped: false,
    }
    if (slot < 0) {
      peer.ended()
      connection.forgotten = true
    } else {
      if (this.bySlot.has(slot)) throw new Error(`the core gave out slot ${slot} twice`)
      this.bySlot.set(slot, connection)
      this.connections.push(connection)
    }
    this.flush()
    return peer
  }

  /** Whoever is connected. */
  peers(): Peer[] {
    return this.connections.map(({ peer }) => peer).filter((peer) => peer instanceof Peer)
  }

  advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    while (this.now < end) {
      this.now = Math.min(end, this.now + TICK_MS)
      this.core.brokerTick(this.now)
      this.flush()
    }
    return Promise.resolve()
  }

  stop(reasonCode: number): Promise<void> {
    this.core.brokerStop(reasonCode)
    this.flush()
    return Promise.resolve()
  }

  authenticationRelease(): Promise<void> {
    for (const answer of this.held.splice(0)) answer()
    this.flush()
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.connections = []
    return Promise.resolve()
  }

  private receive(connection: Connection, bytes: Uint8Array): void {
    if (connection.forgotten || connection.dropped) return
    this.core.brokerReceive(connection.slot, bytes)
    this.flush()
  }

  private credit(connection: Connection, size: number): void {
    if (size > 0 && !connection.forgotten && !connection.dropped) this.core.brokerWritable(connection.slot, size)
    this.flush()
  }

  private drop(connection: Connection): void {
    if (connection.dropped) return
    connection.dropped = true
    if (!connection.forgotten) {
      this.bySlot.delete(connection.slot)
      connection.forgotten = true
      this.core.brokerClosed(connection.slot)
    }
    this.flush()
  }

  /** Hands what was written to the peers that read, and gives their credit back, until nothing moves any more. */
  private flush(): void {
    this.core.portPoison()
    for (let moved = true; moved;) {
      moved = false
      for (const connection of this.connections) {
        if (connection.paused || connection.dropped) continue
        const chunks = connection.pending
        if (chunks.length > 0) {
          connection.pending = []
          let size = 0
          for (const bytes of chunks) {
            connection.peer.feed(bytes)
            if (connection.unread) connection.unread.add(bytes.length)
            else size += bytes.length
          }
          moved = true
          if (connection.forgotten || size === 0) continue
          this.core.brokerWritable(connection.slot, size)
          this.core.portPoison()
        } else if (connection.forgotten && !connection.peer.isClosed) {
          connection.peer.ended()
        }
      }
    }
    this.connections = this.connections.filter((connection) => !connection.peer.isClosed && !connection.dropped)
  }

  private controlsSet(): void {
    Object.assign(this.core.portControls, {
      write: (slot: number, bytes: Uint8Array) => {
        const connection = this.bySlot.get(slot)
        if (!connection) throw new Error(`the core wrote to slot ${slot}, which is not in use`)
        connection.pending.push(bytes)
      },
      close: (slot: number) => {
        const connection = this.bySlot.get(slot)
        if (!connection) throw new Error(`the core closed slot ${slot}, which is not in use`)
        connection.forgotten = true
        this.bySlot.delete(slot)
      },
      unsent: (slot: number) => {
        const { pending, unread } = this.bySlot.get(slot)!
        return pending.reduce((sum, bytes) => sum + bytes.length, unread?.size ?? 0)
      },
      authorize: () => true,
      pause: (slot: number, paused: boolean) => {
        this.pauseAdvice.set(slot, paused)
      },
      nowMs: () => this.now,
      random: () => {
        // xorshift32: repeatable, and never 0.
        this.randomState ^= this.randomState << 13
        this.randomState ^= this.randomState >>> 17
        this.randomState ^= this.randomState << 5
        return this.randomState >>> 0
      },
      log: (code: number, client: string) => {
        if (code === LOG_SESSION_EXPIRED || code === LOG_SESSION_REPLACED) this.ended.push(client)
      },
      authenticate: (slot: number, clientId: string, user: string | undefined, password: Uint8Array | undefined) => {
        const name = this.configuration.certificates ? certificateName(clientId) : undefined
        if (name !== undefined) return this.core.userNameSet(Buffer.from(name)) ? 0 : QUOTA_EXCEEDED
        const answer = this.judge(user, password)
        if (!this.configuration.authenticateLater) return answer
        const asker = this.bySlot.get(slot)
        this.held.push(() => {
          if (this.bySlot.get(slot) === asker) this.core.brokerAuthenticated(slot, answer)
        })
        return PORT_PENDING
      },
      authExchange: (slot: number, first: boolean, method: string, data: Uint8Array | undefined) =>
        this.challenge(slot, first, method, data),
    })
  }

  private judge(user: string | undefined, password: Uint8Array | undefined): number {
    const { users, anonymous } = this.configuration
    if (!users) return 0
    if (user === undefined) return anonymous ? 0 : NOT_AUTHORIZED
    return password && users[user] === Buffer.from(password).toString() ? 0 : BAD_CREDENTIALS
  }

  private challenge(slot: number, first: boolean, method: string, data: Uint8Array | undefined): number {
    if (method !== CHALLENGE_METHOD) return BAD_METHOD
    if (first) {
      this.rounds.set(slot, this.configuration.challengeRounds ?? 1)
    } else {
      if (Buffer.from(data ?? []).toString() !== CHALLENGE_ANSWER) return NOT_AUTHORIZED
      this.rounds.set(slot, this.rounds.get(slot)! - 1)
    }
    if (this.rounds.get(slot) === 0) {
      this.core.authDataSet(Buffer.from('welcome'))
      return 0
    }
    this.core.authDataSet(Buffer.from(CHALLENGE))
    return CONTINUE_AUTHENTICATION
  }
}

/** A fresh broker with the limits of a board, that keeps its records where it is told. The same seed, the same run. */
export async function memoryWorld(
  name: BoardName, configuration: Configuration = {}, seed = 0x1234_5678, records: MemoryRecords | null = null,
): Promise<MemoryWorld> {
  return new MemoryWorld(name, await coreCreate(name), configuration, seed, records)
}
