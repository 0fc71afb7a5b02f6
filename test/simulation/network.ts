// The network between clients and the broker's port, with what goes wrong in it. A connection is two streams of bytes,
// in order; a fault holds a stream back, cuts it into fragments, or ends it for one side or for both.

import type { Random } from '../model/random'
import type { Version } from '../support/peer'
import type { Home } from './home'
import type { Oracle } from './oracle'

export interface NetworkTerms {
  /** Bytes that arrive at once, at most; 0: what is sent at once arrives at once. */
  fragmentMax: number
  /** The longest time that bytes are on their way, milliseconds. */
  delayMax: number
}

/** What a client hears of its connection. */
export interface Receiver {
  received(bytes: Uint8Array): void
  lost(): void
}

/** What travels to the broker: bytes, or something that happens to the connection. */
interface Segment {
  bytes?: Uint8Array
  /** No other bytes may join these. */
  isAlone?: boolean
  run(): Promise<void>
}

/** Bytes in one piece, at most. */
const SEGMENT_SIZE = 1_460
/** What is larger than this goes in pieces of so many bytes, however the rest is cut. */
const LARGE_SIZE = 20_000
const LARGE_SEGMENT_SIZE = 65_536
/** Between two times that a slow reader reads, milliseconds. */
const SIP_MS = 4_000
/** Packet type. */
const SUBSCRIBE = 8
/** A larger SUBSCRIBE may be handled as it comes, filter by filter, on a board: PACKET_HELD_MAX. */
const HELD_SIZE_MAX = 1_024

export class Connection {
  /** Until when nothing passes towards the broker, and towards the client. */
  upBlockedUntil = 0
  downBlockedUntil = 0
  /** The client has given it up, or heard that it is lost. */
  clientGone = false
  /** The broker's side is over. */
  brokerGone = false
  isSlow = false
  /** What it has been sent and has not read, while it reads slowly. */
  private unread: { left: number, run: () => void }[] | undefined
  private readonly up: Segment[] = []
  private readonly down: (() => void)[] = []
  private upLast = 0
  private downLast = 0

  constructor(private readonly network: Network, readonly id: number, readonly receiver: Receiver) {}

  /**
   * The client sends bytes. They may leave together with others that wait, unless they are `alone`; then they may be
   * `broken` too, which ends the connection.
   */
  send(bytes: Uint8Array, { alone = false, broken = false } = {}): void {
    if (this.clientGone) return
    const { terms, random } = this.network
    const usual = broken || terms.fragmentMax === 0 ? SEGMENT_SIZE : terms.fragmentMax
    // What a broker does while a part of a SUBSCRIBE has come is its own affair: such a one comes whole.
    const isWhole = bytes[0] >> 4 === SUBSCRIBE && bytes.length > HELD_SIZE_MAX
    const sizeMax = isWhole || bytes.length > LARGE_SIZE ? LARGE_SEGMENT_SIZE : usual
    let from = 0
    const last = this.up.at(-1)
    if (!alone && !isWhole && last?.bytes && !last.isAlone && random.oneIn(2)) {
      from = Math.max(0, sizeMax - last.bytes.length)
      last.bytes = Buffer.concat([last.bytes, bytes.subarray(0, from)])
    }
    while (from < bytes.length) {
      const size = sizeMax >= SEGMENT_SIZE ? sizeMax : 1 + random.below(sizeMax)
      const segment: Segment = {
        bytes: bytes.slice(from, from + size), isAlone: alone, run: () => this.arrive(segment, broken),
      }
      // The rest of a smaller one comes at once.
      this.pushUp(segment, from > 0 && bytes[0] >> 4 === SUBSCRIBE)
      from += size
    }
  }

  private async arrive(segment: Segment, broken: boolean): Promise<void> {
    if (this.brokerGone) {
      // What reaches nobody is answered with a reset.
      this.pushDown(() => this.tellLost())
      return
    }
    const hex = Buffer.from(segment.bytes!).toString('hex')
    await this.network.oracle.run({ kind: 'bytes', id: this.id, hex, ...(broken ? { broken } : {}) })
  }

  /** Something travels to the broker, `atOnce` with what was sent before. */
  pushUp(segment: Segment, atOnce = false): void {
    this.up.push(segment)
    if (!atOnce) this.upLast = Math.max(this.upLast, this.network.arrival())
    this.network.home.at(this.upLast, () => this.runUp())
  }

  private async runUp(): Promise<void> {
    const { home } = this.network
    const blockedUntil = this.isSlow ? home.time + 1_000 : this.upBlockedUntil
    if (blockedUntil > home.time) home.at(blockedUntil, () => this.runUp())
    else await this.up.shift()!.run()
  }

  /** Something travels to the client. */
  pushDown(run: () => void): void {
    this.down.push(run)
    this.downLast = Math.max(this.downLast, this.network.arrival())
    this.network.home.at(this.downLast, () => this.runDown())
  }

  private runDown(): void {
    const { home } = this.network
    if (this.downBlockedUntil > home.time) home.at(this.downBlockedUntil, () => this.runDown())
    else this.down.shift()!()
  }

  get isSipping(): boolean {
    return this.unread !== undefined
  }

  /** The client reads slowly from now on: so many bytes a second. */
  async sip(rate: number): Promise<void> {
    if (this.brokerGone || this.isSlow) return
    await this.network.oracle.run({ kind: 'sip', id: this.id })
    this.unread ??= []
    this.network.home.after(SIP_MS, () => this.read(rate * SIP_MS / 1_000))
  }

  private async read(size: number): Promise<void> {
    if (this.brokerGone || this.clientGone) return
    if (this.upBlockedUntil <= this.network.home.time) {
      await this.network.oracle.run({ kind: 'read', id: this.id, size })
      for (let left = size; left > 0 && this.unread!.length > 0;) {
        const first = this.unread![0]
        const taken = Math.min(left, first.left)
        first.left -= taken
        left -= taken
        if (first.left === 0) this.pushDown(this.unread!.shift()!.run)
      }
    }
    this.network.home.after(SIP_MS, () => this.read(size))
  }

  /** The broker sent a packet. */
  arriveDown(bytes: Uint8Array): void {
    const run = (): void => {
      if (!this.clientGone) this.receiver.received(bytes)
    }
    if (this.unread) this.unread.push({ left: bytes.length, run })
    else this.pushDown(run)
  }

  tellLost(): void {
    if (this.clientGone) return
    this.clientGone = true
    this.receiver.lost()
  }

  /** The client leaves without a word; the broker hears of it now, later, or never. */
  leave(): void {
    this.clientGone = true
    if (this.network.random.oneIn(3)) return
    this.pushUp({ run: () => this.drop() })
  }

  /** The broker hears that the connection is lost. */
  async drop(): Promise<void> {
    if (this.brokerGone) return
    this.brokerGone = true
    await this.network.oracle.run({ kind: 'drop', id: this.id })
  }
}

export class Network {
  readonly connections = new Map<number, Connection>()
  private count = 0

  constructor(
    readonly home: Home, readonly oracle: Oracle, readonly random: Random, readonly terms: NetworkTerms,
  ) {
    oracle.watcher = {
      sent: (id, bytes) => this.connections.get(id)?.arriveDown(bytes),
      closed: (id) => {
        const connection = this.connections.get(id)
        if (!connection) return
        connection.brokerGone = true
        this.connections.delete(id)
        connection.pushDown(() => connection.tellLost())
      },
    }
  }

  /** When something that is sent now arrives. */
  arrival(): number {
    return this.home.time + 1 + this.random.below(this.terms.delayMax)
  }

  connect(version: Version, receiver: Receiver): Connection {
    const id = ++this.count
    const connection = new Connection(this, id, receiver)
    this.connections.set(id, connection)
    connection.pushUp({ run: () => this.oracle.run({ kind: 'open', id, version }) })
    return connection
  }

  /** The connections whose both sides are there, in the order of their age. */
  alive(): Connection[] {
    return [...this.connections.values()].filter(({ brokerGone, clientGone }) => !brokerGone && !clientGone)
  }

  /** The board was switched off: nobody hears of it until something is sent. */
  brokerLost(): void {
    for (const connection of this.connections.values()) connection.brokerGone = true
    this.connections.clear()
  }
}
