// Which gateways there are: a key for each, which it writes twice a second. A gateway is over when another one has
// written its own key so often that it would have had to: while the engine takes nothing from anybody, nobody is over.
// Whoever writes over another one's key has ended it: its next writing fails.
import type { Engine } from './engine'
import { type Bucket, Overtaken } from './engine_terms'

export interface NodeState {
  node: string
  /** Where clients reach it; '': it has not said so. */
  reference: string
  beat: number
  /** All that its sessions had of the log until here stands in their keys. */
  position: number
  /** It needs no entry of the log in front of this one. */
  needs: number
  /** It has gone in order. */
  hasLeft: boolean
  /** Who goes on with its sessions. */
  heir: string
  /** The entry of the log behind which nothing counts that it says; its sessions are others'. 0: they are not yet. */
  goneAt: number
}

export interface LeaseOwner {
  readonly node: string
  readonly leasePosition: number
  readonly needs: number
  /** Somebody has ended this gateway. */
  ended(): void
  /** A gateway is over, or has left. */
  over(node: string): void
  /** It was, long ago, and what it says behind an entry of the log does not count. */
  goneLong(node: string, goneAt: number): void
}

/** Gateways of which something is remembered that may be over: many more than say anything in ten minutes. */
export const NODES_MAX = 10_000
const BEAT_MS = 500
/** Own beats without one of another gateway after which that one is over. */
const MISSED_MAX = 8
const BUCKET: Bucket = 'nodes'
/** Milliseconds that a gateway's key stays when it is over: what it was about to say has come by then. */
const GONE_MS = 600_000

interface Other { revision: number, state: NodeState, since: number }

const decode = (bytes: Uint8Array): NodeState => JSON.parse(Buffer.from(bytes).toString()) as NodeState
const encode = (state: NodeState): Uint8Array => Buffer.from(JSON.stringify(state))

export class Leases {
  readonly others = new Map<string, Other>()
  private revision = 0
  private beats = 0
  private isStopped = false
  private working: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly engine: Engine, private readonly owner: LeaseOwner, private readonly reference: string,
  ) {}

  /** Reads who is there. */
  async look(): Promise<void> {
    for (const [node, { bytes, revision }] of await this.engine.all(BUCKET)) this.seen(node, revision, decode(bytes))
  }

  private seen(node: string, revision: number, state: NodeState): void {
    if (node === this.owner.node) return
    if (state.goneAt) {
      this.others.delete(node)
      return this.owner.goneLong(node, state.goneAt)
    }
    const known = this.others.get(node)
    if (known?.revision === revision) return
    this.others.set(node, { revision, state, since: this.beats })
  }

  /** A gateway has said that it is there. */
  hello(node: string): void {
    if (node === this.owner.node || this.others.has(node)) return
    this.others.set(node, { revision: 0, since: this.beats, state: {
      node, reference: '', beat: 0, position: 0, needs: 0, hasLeft: false, heir: '', goneAt: 0,
    } })
  }

  /** Whether a gateway is there, though nothing may have been read of it in the log yet. */
  async isThere(node: string): Promise<boolean> {
    if (this.others.has(node)) return true
    const there = await this.engine.read(BUCKET, node)
    if (there?.bytes.length) this.seen(node, there.revision, decode(there.bytes))
    return this.others.has(node)
  }

  /** This gateway has a key from now on. */
  async begin(): Promise<void> {
    this.isBeginning = true
    // A beat that is under way would be the new key's too.
    await this.working
    this.revision = 0
    await this.write(false)
    this.isBeginning = false
    if (!this.timer) this.timer = setInterval(() => this.beat(), BEAT_MS).unref()
  }

  private state(hasLeft: boolean): NodeState {
    const { node, leasePosition: position, needs } = this.owner
    return { node, reference: this.reference, beat: ++this.beats, position, needs, hasLeft, heir: '', goneAt: 0 }
  }

  private async write(hasLeft: boolean): Promise<void> {
    const { node } = this.owner
    const isWanted = (): boolean => node === this.owner.node && !this.isStopped
    this.revision = await this.engine.write(BUCKET, node, encode(this.state(hasLeft)), this.revision, isWanted)
  }

  private isBeating = false
  /** The key is written for the first time. */
  private isBeginning = false

  private beat(): void {
    if (this.isBeating || this.isBeginning || this.isStopped) return
    this.isBeating = true
    this.working = this.beatOnce().finally(() => { this.isBeating = false })
  }

  private async beatOnce(): Promise<void> {
    const { node } = this.owner
    try {
      await this.write(false)
    } catch (error) {
      // It may have found out meanwhile.
      if (error instanceof Overtaken && node === this.owner.node) this.owner.ended()
      return
    }
    for (const [node, other] of this.others) {
      const there = await this.engine.read(BUCKET, node).catch(() => undefined)
      if (there === undefined) return
      if (!there?.bytes.length) {
        // One that has just come may not have its key yet.
        if (other.revision || this.beats - other.since > MISSED_MAX) this.others.delete(node)
        continue
      }
      this.seen(node, there.revision, decode(there.bytes))
      if (this.others.has(node) && this.isOver(node)) this.owner.over(node)
    }
  }

  private isGone(node: string): boolean {
    const { state, since } = this.others.get(node)!
    return state.hasLeft || state.heir !== '' || this.beats - since >= MISSED_MAX
  }

  /** Whether a gateway has gone, or does not write any more. */
  private isOver(node: string): boolean {
    const { heir } = this.others.get(node)!.state
    return !this.others.has(heir) && this.isGone(node)
  }

  /** Ends another gateway: what it has is this one's. False: it is there after all, or somebody else was first. */
  async inherit(node: string): Promise<NodeState | null> {
    const there = await this.engine.read(BUCKET, node)
    if (!there?.bytes.length) {
      this.others.delete(node)
      return null
    }
    const state = decode(there.bytes)
    const known = this.others.get(node)
    if (known && known.revision !== there.revision) {
      this.seen(node, there.revision, state)
      return null
    }
    if (state.heir && state.heir !== this.owner.node && this.others.has(state.heir)) return null
    const heir = { ...state, heir: this.owner.node }
    const revision = await this.engine.write(BUCKET, node, encode(heir), there.revision)
      .catch((error: Error) => { if (!(error instanceof Overtaken)) throw error })
    if (revision === undefined) return null
    this.seen(node, revision, heir)
    return state
  }

  /** All that it had is this gateway's; for a while its key tells those who come that it is over. */
  async forget(node: string, goneAt: number): Promise<void> {
    const other = this.others.get(node)
    this.others.delete(node)
    if (!other) return
    const state = encode({ ...other.state, goneAt })
    const revision = await this.engine.write(BUCKET, node, state, other.revision)
    setTimeout(() => void this.engine.clear(BUCKET, node, revision).catch(() => undefined), GONE_MS).unref()
  }

  /** The first entry of the log that anybody needs. */
  get neededFrom(): number {
    return Math.min(this.owner.needs, ...[...this.others.values()].map(({ state }) => state.needs))
  }

  /** Where another gateway is reached. */
  get otherReference(): string {
    const there = [...this.others.values()].map(({ state }) => state)
      .filter(({ reference, hasLeft, heir }) => reference && !hasLeft && !heir).map(({ reference }) => reference)
    return there[Math.floor(Math.random() * there.length)] ?? ''
  }

  /** Leaves in order. */
  async leave(): Promise<void> {
    clearInterval(this.timer)
    await this.working
    await this.write(true).catch(() => undefined)
    this.isStopped = true
  }
}
