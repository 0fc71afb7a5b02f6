// Payloads that are too large for memory: each is a file, bounded together by a number of bytes. A payload's number is
// 8 bytes of chance, which are its file's name too, and zeros.
//
// With a store the files have names, in a folder of their own beside it, and outlive the program as what refers to them
// does; without one they have none.
//
// Memory: of a payload that comes BLOCK_SIZE x 21 bytes at the most, of one that is sent PIECE_SIZE.
import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { REFERENCE_SIZE } from '../../../limits'
import type { SendBuffer } from '../buffer_pool'
import type { Bringer, Spool } from '../spool_seam'
import { Arriving } from './arriving'
import { type Cut, cutsWrite } from './cuts'
import { SpoolFile } from './spool_file'

const ID_SIZE = 8
const NAME = /^[0-9a-f]{16}$/
const NOTHING = new Uint8Array(REFERENCE_SIZE)

export interface SpoolOptions {
  /** The folder; it is made when it is first needed. */
  location: string
  /** Bytes of all payloads together. */
  sizeMax: number
  /** They outlive the program, as the store's records do. */
  isKept: boolean
}

/** What it asks of the broker. */
export interface SpoolBroker {
  brokerSpooled: (slot: number, reasonCode: number) => void
  brokerHeard: (slot: number) => void
  /** Whether something that was done to records has not been done for good. */
  storeHolds: () => boolean
}

const idOf = (number: Uint8Array): string => Buffer.from(number.subarray(0, ID_SIZE)).toString('hex')

export class FileSpool implements Spool {
  private readonly files = new Map<string, SpoolFile>()
  private readonly arriving = new Map<object, Arriving>()
  /** Bytes of payloads, those that are still to come among them. */
  private size = 0
  /** Payloads that nobody holds, whose records may end with the next commit; and with the one under way. */
  private ending: SpoolFile[] = []
  private sealed: SpoolFile[] = []

  constructor(private readonly options: SpoolOptions, private readonly broker: SpoolBroker) {}

  begin(from: Bringer, size: number, bytes: Uint8Array, isToLast: boolean, mayWait: boolean): Uint8Array | null {
    const { sizeMax, isKept } = this.options
    const hasRoom = this.size + size <= sizeMax
    if (!hasRoom && mayWait && size <= sizeMax) return null
    const file = hasRoom ? this.make(size) : null
    const arriving = new Arriving(from, file, size, isToLast && isKept, this.broker.brokerSpooled, () => {
      this.arriving.delete(from)
      if (file) this.leave(file)
    })
    this.arriving.set(from, arriving)
    arriving.take(bytes)
    if (!file) return NOTHING
    const number = new Uint8Array(NOTHING)
    number.set(Buffer.from(file.id, 'hex'))
    return number
  }

  private make(size: number): SpoolFile {
    const { location, isKept } = this.options
    const id = randomBytes(ID_SIZE).toString('hex')
    const file = new SpoolFile(id, join(location, isKept ? id : `midge-${id}`), size)
    this.files.set(id, file)
    this.size += size
    file.create(isKept)
    return file
  }

  take(from: Bringer, bytes: Uint8Array): void {
    this.arriving.get(from)?.take(bytes)
  }

  end(from: Bringer): void {
    this.arriving.get(from)?.end()
  }

  hold(number: Uint8Array): void {
    const file = this.files.get(idOf(number))
    if (file) file.holders++
  }

  release(number: Uint8Array): void {
    const file = this.files.get(idOf(number))
    // What could not be restored has none.
    if (file) this.leave(file)
  }

  private leave(file: SpoolFile): void {
    if (--file.holders) return
    this.files.delete(file.id)
    if (!this.options.isKept) return this.remove(file)
    // The end of what refers to it may still come in this call into the core.
    this.ending.push(file)
    setImmediate(() => {
      if (this.broker.storeHolds()) return
      this.seal()
      this.committed(true)
    })
  }

  private remove(file: SpoolFile): void {
    this.size -= file.size
    file.remove()
  }

  restore(number: Uint8Array, size: number): boolean {
    const { location, isKept } = this.options
    const id = idOf(number)
    const path = join(location, id)
    if (!isKept || this.files.has(id) || statSync(path, { throwIfNoEntry: false })?.size !== size) return false
    this.files.set(id, new SpoolFile(id, path, size))
    this.size += size
    return true
  }

  settle(): void {
    const { location, isKept } = this.options
    if (!isKept) return
    let names: string[] = []
    try {
      names = readdirSync(location)
    } catch {
      // There were none yet.
    }
    for (const name of names.filter((one) => NAME.test(one) && !this.files.has(one))) {
      rmSync(join(location, name), { force: true })
    }
  }

  seal(): void {
    this.sealed = this.sealed.concat(this.ending)
    this.ending = []
  }

  committed(isKept: boolean): void {
    if (isKept) for (const file of this.sealed) this.remove(file)
    else this.ending = this.ending.concat(this.sealed)
    this.sealed = []
  }

  heard(): void {
    for (const { slot, isPaused } of this.arriving.values()) if (isPaused) this.broker.brokerHeard(slot)
  }

  cut(buffer: SendBuffer, at: number, number: Uint8Array): void {
    const file = this.files.get(idOf(number))
    if (!file) return
    file.holders++
    buffer.cuts = [...buffer.cuts ?? [], { at, file }]
    buffer.cutSize += file.size
  }

  private cutsOf(buffer: SendBuffer | null): Cut[] {
    const cuts = buffer?.cuts as Cut[] | null | undefined
    if (!buffer || !cuts) return []
    buffer.cuts = null
    buffer.cutSize = 0
    return cuts
  }

  drop(buffer: SendBuffer | null): void {
    for (const { file } of this.cutsOf(buffer)) this.leave(file)
  }

  write(stream: Duplex, buffer: SendBuffer, size: number, done: () => void): void {
    cutsWrite(stream, buffer.bytes, size, this.cutsOf(buffer), (file) => this.leave(file), done)
  }

  stop(): void {
    this.seal()
    this.committed(true)
    for (const file of this.files.values()) file.stop(this.options.isKept)
  }
}
