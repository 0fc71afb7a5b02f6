// One Network Connection: a duplex stream, its slot in the core, and what is waiting to be written to it.
import type { Duplex } from 'node:stream'
import { brokerWritable } from '../../main'
import { type SendBuffer, bufferGive, bufferTake } from './buffer_pool'
import { copyOut } from './bytes'
import { core } from './core_calls'
import type { ListenerOptions } from './library/api'
import { PAUSED_BY_CORE, PAUSED_BY_SPOOL, PAUSED_FOR_EVER } from './pause_reason'
import { portNowMs } from './time'
import { linkWaits, storeHolds } from './transmit'
import { numberAt, spool } from './spool_seam'
import type { GoodToken } from './tokens/token_verifier'
import type { Offset, Slot } from '../../kinds'
import { isSpooled } from '../../limits'

/** Milliseconds that a client has to take the last bytes of a connection that is being closed. */
const LINGER_MS = 5_000
/** Bytes that are still read of a connection that was closed: unread, they would have TCP drop the last answer. */
const DISCARDED_SIZE_MAX = 65_536

/** Where a connection comes from. */
export interface Origin {
  /** For the log, and for the rule about anonymous clients. */
  address: string
  /** It comes from this computer, whatever the address says. */
  isLocal?: boolean
  /** The program's own client: it may do everything. */
  isTrusted?: boolean
  /** What its listener asks of clients. */
  terms?: ListenerOptions
  /** Who the client is by its certificate. */
  identity?: string
  /** With what its CONNECT is to be answered, whatever it says; 0: it is judged. */
  refusal?: number
}

export class Link {
  /** Who the client says it is, once it was judged. */
  clientIdentifier = ''
  userName: string | undefined
  /** How it has proved who it is, or tried to. */
  proof = 'none'
  /** Why it was refused, in words in which there is nothing of what it has sent. */
  why: string | undefined
  /** The token by which it comes in. */
  token: GoodToken | undefined
  /** It has its CONNACK. */
  isConnected = false
  /** Why it may not have its Will, a Reason Code; 0: it may. */
  willRefusal = 0
  /** What the rules say of the payload of the packet that comes next, a Reason Code; 0: nothing. */
  payloadRefusal = 0
  /** What the program's hook says of the packet that comes next; see gate.ts. */
  answers = new Map<string, boolean>()
  /** Why it is not read: a sum of PAUSED_…; 0: it is read. */
  private pauses = 0
  private readonly waiting: (() => void)[] = []
  /** The core has not closed it and the network has not gone. */
  isOpen = true
  /** Milliseconds of the port's clock when it came; bytes that came since and bytes that left. */
  readonly cameAt = portNowMs()
  received = 0
  sent = 0
  /** On the list of those that are written when the turn ends. */
  isDirty = false
  private discardedSize = 0
  private pending: SendBuffer | null = null
  private pendingSize = 0
  /** Something of it must not leave before the store has kept what was done. */
  isHeld = false
  /** What was gathered before a commit began: it leaves when that is done. Only where there is a store. */
  private sealed: SendBuffer | null = null
  private sealedSize = 0
  /** It is done. */
  private isReleased = false
  private written: SendBuffer | null = null
  private writtenSize = 0
  private readonly onWritten = (): void => this.writeDone()

  constructor(
    readonly stream: Duplex,
    readonly slot: Slot,
    readonly origin: Origin,
  ) {}

  /** Bytes that have not been handed to the network. */
  get unsent(): number {
    const cutSize = (this.pending?.cutSize ?? 0) + (this.sealed?.cutSize ?? 0)
    return this.pendingSize + this.sealedSize + this.writtenSize + cutSize
  }

  /** The core wants no more bytes for now. */
  get isPaused(): boolean {
    return (this.pauses & (PAUSED_BY_CORE | PAUSED_BY_SPOOL)) !== 0
  }

  /** Stops reading for a reason, or takes the reason back: it is read when there is none. */
  pause(reason: number, isPaused: boolean): void {
    this.pauses = isPaused ? this.pauses | reason : this.pauses & ~reason
    if (this.pauses) this.stream.pause()
    else this.stream.resume()
    if (!this.isPaused) this.wake()
  }

  /** Whoever waits until the core takes bytes looks again. */
  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /** Bytes have come of a connection that was closed: past a bound nothing is read any more. */
  discard(size: number): void {
    if ((this.discardedSize += size) > DISCARDED_SIZE_MAX) this.pause(PAUSED_FOR_EVER, true)
  }

  /** Ends when the core takes bytes again, has closed the connection, or nobody waits any more. */
  async whenTaken(isGivenUp: () => boolean): Promise<void> {
    while (this.isPaused && this.isOpen && !isGivenUp()) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  /** Gathers bytes of memory for the next write. */
  append(start: Offset, end: Offset): void {
    const size = end - start
    // A buffer that has grown may have room for what is not in memory.
    if (isSpooled(size)) return this.appendSpooled(start, end)
    const { pending } = this
    if (!pending || this.pendingSize + size > pending.size) this.reserve(size)
    copyOut(start, end, this.pending!, this.pendingSize)
    this.pendingSize += size
  }

  /** Of a payload that large the reference is there, if it is the payload that is so large. */
  private appendSpooled(start: Offset, end: Offset): void {
    const payloadStart = end - core.publishPayloadSize()
    const isThere = isSpooled(end - payloadStart)
    const size = (isThere ? payloadStart : end) - start
    this.reserve(size)
    copyOut(start, start + size, this.pending!, this.pendingSize)
    this.pendingSize += size
    if (isThere) spool!.cut(this.pending!, this.pendingSize, numberAt(payloadStart))
  }

  private reserve(size: number): void {
    const old = this.pending
    if (old && this.pendingSize + size <= old.size) return
    this.pending = bufferTake(old ? Math.max(old.size * 2, this.pendingSize + size) : size)
    if (!old) return
    this.pending.bytes.set(old.bytes.subarray(0, this.pendingSize))
    this.pending.cuts = old.cuts
    this.pending.cutSize = old.cutSize
    old.cuts = null
    old.cutSize = 0
    bufferGive(old)
  }

  /** Writes what was gathered, unless a write is under way: then its end does. */
  flush(): void {
    this.isDirty = false
    if (this.written || this.sealed || !this.pending) return
    this.isHeld = false
    const { pending, pendingSize } = this
    this.pending = null
    this.pendingSize = 0
    this.write(pending, pendingSize)
  }

  private write(buffer: SendBuffer, size: number): void {
    this.written = buffer
    this.writtenSize = size + buffer.cutSize
    this.sent += this.writtenSize
    if (buffer.cuts) spool!.write(this.stream, buffer, size, this.onWritten)
    else this.stream.write(buffer.bytes.subarray(0, size), this.onWritten)
  }

  /**
   * A commit begins, for which what was gathered waits. False: it goes on gathering, as what waited for an earlier one
   * has not left.
   */
  seal(): boolean {
    if (this.sealed) return false
    this.isDirty = false
    this.isHeld = false
    this.isReleased = false
    this.sealed = this.pending
    this.sealedSize = this.pendingSize
    this.pending = null
    this.pendingSize = 0
    return true
  }

  /** The commit is done. */
  release(): void {
    this.isReleased = true
    if (!this.written) this.writeSealed()
  }

  private writeSealed(): void {
    if (!this.sealed || !this.isReleased) return
    const { sealed, sealedSize } = this
    this.sealed = null
    this.sealedSize = 0
    this.write(sealed, sealedSize)
  }

  /** The commit has failed: nobody may be told what waited for it. */
  drop(): void {
    spool?.drop(this.sealed)
    spool?.drop(this.pending)
    this.sealed = this.pending = null
    this.sealedSize = this.pendingSize = 0
    this.stream.destroy()
  }

  /** The network has the bytes, or never will. */
  private writeDone(): void {
    if (this.written) bufferGive(this.written)
    this.written = null
    const size = this.writtenSize
    this.writtenSize = 0
    if (this.isOpen) brokerWritable(this.slot, size)
    this.writeSealed()
    this.flushRest()
  }

  /** What has been gathered meanwhile leaves, or waits for the store; behind the last of a connection comes its end. */
  private flushRest(): void {
    if (this.pending && this.isHeld && storeHolds()) linkWaits(this)
    else this.flush()
    if (!this.isOpen && !this.written && !this.sealed && !this.pending) this.stream.end()
  }

  /** Ends the connection when what was gathered is written; a client that does not take it is cut off. */
  finish(): void {
    this.isOpen = false
    this.wake()
    this.flushRest()
    setTimeout(() => this.stream.destroy(), LINGER_MS).unref()
  }
}
