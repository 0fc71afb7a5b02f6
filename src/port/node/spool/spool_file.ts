// A payload in a file: written once, in order, then read by whoever is sent it, and gone when nobody holds it any more.
import { close, fdatasync, mkdir, open, read, unlink, writev } from 'node:fs'
import { dirname } from 'node:path'

/** Bytes that are gathered for a write. */
const BLOCK_SIZE = 262_144
/** Whoever brings a payload is not read while so many blocks of it wait to be written. */
const BLOCKS_MAX = 4
/** Bytes that one call to write is given, in blocks. */
const BLOCKS_PER_WRITE = 16

type Done = (error: Error | null) => void

export class SpoolFile {
  /** Who needs it: its publisher, stored messages, connections that it is being sent to. */
  holders = 1
  private descriptor = -1
  private readonly blocks: Buffer[] = []
  private block: Buffer | null = null
  private filled = 0
  /** A call to the system is under way, and no other one may be. */
  private isBusy = false
  private isRemoved = false
  private isKept = false
  private error: Error | null = null
  /** Called when there are few blocks again. */
  private whenFew: (() => void) | null = null
  private whenWhole: (() => void) | null = null

  constructor(readonly id: string, readonly path: string, readonly size: number) {}

  /** Makes the file; one that has no name any more ends with the process, however that ends. */
  create(isNamed: boolean): void {
    this.isBusy = true
    mkdir(dirname(this.path), { recursive: true, mode: 0o700 }, () => this.open(isNamed))
  }

  private open(isNamed: boolean): void {
    open(this.path, 'wx+', 0o600, (error, descriptor) => {
      this.error ??= error
      if (!error) this.descriptor = descriptor
      // Where a file that is open keeps its name it is removed at the end.
      if (!error && !isNamed) unlink(this.path, () => undefined)
      this.idle()
    })
  }

  /** Adds bytes, which are copied. Answers whether more may come now; if not, `whenFew` is called once. */
  add(bytes: Uint8Array, whenFew: () => void): boolean {
    for (let at = 0; at < bytes.length && !this.error;) {
      this.block ??= Buffer.allocUnsafeSlow(BLOCK_SIZE)
      const count = Math.min(BLOCK_SIZE - this.filled, bytes.length - at)
      this.block.set(bytes.subarray(at, at + count), this.filled)
      this.filled += count
      at += count
      if (this.filled === BLOCK_SIZE) this.blockEnd()
    }
    if (this.blocks.length <= BLOCKS_MAX) return true
    this.whenFew = whenFew
    return false
  }

  private blockEnd(): void {
    if (this.block) this.blocks.push(this.block.subarray(0, this.filled))
    this.block = null
    this.filled = 0
    this.writeNext()
  }

  /**
   * All bytes were added. `done` hears when they are in the file; `isSafe`: for good. Not called once it is removed.
   */
  finish(isSafe: boolean, done: Done): void {
    this.whenWhole = () => {
      if (this.error || !isSafe) return done(this.error)
      this.isBusy = true
      fdatasync(this.descriptor, (error) => {
        this.idle()
        if (!this.isRemoved) done(error)
      })
    }
    this.blockEnd()
  }

  private writeNext(): void {
    if (this.isBusy) return
    if (this.error) this.blocks.length = 0
    if (this.blocks.length) return this.write(this.blocks.splice(0, BLOCKS_PER_WRITE))
    this.few()
    const { whenWhole } = this
    this.whenWhole = null
    whenWhole?.()
  }

  /** A write may take less than it was given. */
  private write(blocks: Buffer[]): void {
    this.isBusy = true
    writev(this.descriptor, blocks, (error, written) => {
      this.error ??= error
      while (blocks.length && written >= blocks[0].length) written -= blocks.shift()!.length
      if (this.error || !blocks.length) return this.idle()
      blocks[0] = blocks[0].subarray(written)
      this.write(blocks)
    })
  }

  /** What was asked of the file is done. */
  private idle(): void {
    this.isBusy = false
    if (this.isRemoved) return this.close()
    this.few()
    this.writeNext()
  }

  private few(): void {
    if (this.blocks.length > BLOCKS_MAX / 2) return
    const { whenFew } = this
    this.whenFew = null
    whenFew?.()
  }

  /** Fills `target` from byte `at` on. Who reads is a holder until `done` was called. */
  read(target: Uint8Array, at: number, done: Done): void {
    if (this.descriptor < 0) return this.readOpened(target, at, done)
    read(this.descriptor, target, 0, target.length, at, (error, count) => {
      if (error || count === target.length) return done(error)
      if (!count) return done(new Error(`${this.path} has only ${at} bytes.`))
      this.read(target.subarray(count), at + count, done)
    })
  }

  /** It was there when the broker started. */
  private readOpened(target: Uint8Array, at: number, done: Done): void {
    open(this.path, 'r', (error, descriptor) => {
      if (error) return done(error)
      // Somebody else was faster.
      if (this.descriptor >= 0) close(descriptor, () => undefined)
      else this.descriptor = descriptor
      this.read(target, at, done)
    })
  }

  /** Nobody holds it. */
  remove(): void {
    this.stop(false)
  }

  /** Nothing more is asked of it; where it is kept it stays for the next broker. */
  stop(isKept: boolean): void {
    this.isRemoved = true
    this.isKept = isKept
    this.blocks.length = 0
    this.block = this.whenFew = this.whenWhole = null
    if (!this.isBusy) this.close()
  }

  /** No call that has its descriptor is under way. */
  private close(): void {
    if (this.descriptor >= 0) close(this.descriptor, () => undefined)
    this.descriptor = -1
    if (!this.isKept) unlink(this.path, () => undefined)
  }
}
