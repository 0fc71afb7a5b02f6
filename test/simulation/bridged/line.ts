// The line between a bridge and the other broker, in virtual time: bytes in both directions, and what goes wrong on it.
// Neither end knows of the line.

import { createHash } from 'node:crypto'

/** One end of a connection, as the network sees it. */
export interface End {
  /** At most so many bytes of what it has sent. */
  pull(size: number): Uint8Array
  /** Bytes that its program has sent and nobody has taken. */
  readonly waiting: number
  /** Whether the network has room for what it is given. */
  readonly isReading: boolean
  give(bytes: Uint8Array): void
  /** The other end has closed the connection in order, or has reset it. */
  close(): void
  reset(): void
  /** It has closed its side, and all before that was taken. */
  readonly isClosed: boolean
}

/** Bytes of a segment. */
const SEGMENT_SIZE = 1_460
const nothing = new Uint8Array(0)

export class Connection {
  /** Nothing passes any more, and nobody is told. */
  isFrozen = false
  isOver = false
  /** Bytes until it breaks, towards the other broker and back. */
  private upLeft = Infinity
  private downLeft = Infinity

  /** `there` is null where nobody answers. */
  constructor(readonly bridge: End, private readonly there: End | null) {}

  get isAnswered(): boolean {
    return this.there !== null && !this.isOver && !this.isFrozen
  }

  cutAfter(up: number, down: number): void {
    this.upLeft = up
    this.downLeft = down
  }

  /** Lets a segment pass each way, of at most so many bytes. Answers what has passed. */
  carry(size: number): [up: Uint8Array, down: Uint8Array] {
    const { bridge, there } = this
    if (this.isFrozen || this.isOver) return [nothing, nothing]
    const most = Math.min(size, SEGMENT_SIZE)
    const up = there && !there.isReading ? nothing : bridge.pull(Math.min(most, this.upLeft))
    if (up.length) there?.give(up)
    this.upLeft -= up.length
    const down = bridge.isReading && there ? there.pull(Math.min(most, this.downLeft)) : nothing
    if (down.length) bridge.give(down)
    this.downLeft -= down.length
    this.look()
    return [up, down]
  }

  private look(): void {
    const { bridge, there } = this
    if (this.upLeft <= 0 || this.downLeft <= 0) this.reset()
    else if (bridge.isClosed) this.end()
    else if (there?.isClosed) {
      bridge.close()
      this.isOver = true
    }
  }

  /** Both ends see at once that it is lost. */
  reset(): void {
    if (this.isOver) return
    this.bridge.reset()
    this.end()
  }

  /** The bridge's side is gone; the other broker hears of it. */
  private end(): void {
    this.isOver = true
    this.there?.reset()
  }
}

/** What becomes of a new connection. */
export type Reception = 'taken' | 'refused' | 'silent'

export class Line {
  reception: Reception = 'taken'
  /** Bytes that pass in each direction in one step. */
  rate = Infinity
  /** Where connections to come break: bytes up, bytes down. */
  cuts: [up: number, down: number][] = []
  connections = 0
  /** Bytes that have waited at a bridge at the most. */
  waitingMax = 0
  current: Connection | null = null
  private readonly hash = createHash('sha256')

  /** `accept` answers the other broker's end of a new connection; null: it takes none. */
  constructor(private readonly accept: () => End | null) {}

  /** A bridge connects. */
  readonly dial = (bridge: End): void => {
    this.connections++
    const there = this.reception === 'taken' ? this.accept() : null
    if (this.reception === 'refused' || this.reception === 'taken' && !there) return bridge.reset()
    this.current = new Connection(bridge, there)
    const cut = there ? this.cuts.shift() : undefined
    if (cut) this.current.cutAfter(...cut)
  }

  /** Lets pass what passes in a step, with `settle` behind each move. Answers whether anything did. */
  async step(settle: () => Promise<void>): Promise<boolean> {
    let hasMoved = false
    for (let left = this.rate; left > 0 && this.current; left -= SEGMENT_SIZE) {
      const { current } = this
      this.waitingMax = Math.max(this.waitingMax, current.bridge.waiting)
      const [up, down] = current.carry(left)
      if (!up.length && !down.length) break
      this.hash.update(up).update('|').update(down)
      hasMoved = true
      await settle()
    }
    return hasMoved
  }

  get isOpen(): boolean {
    return this.current?.isAnswered === true
  }

  /** Of every byte that has passed. */
  digest(): string {
    return this.hash.digest('hex').slice(0, 16)
  }
}
