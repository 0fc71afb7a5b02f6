// Entries in memory, in the place of a disk: it can be full, fail, take its time, and lose its power.
import type { Entry, EntryFile } from '../../../src/port/node/records/entry_file'

export class MemoryFile implements EntryFile {
  readonly entries = new Map<number, Uint8Array>()
  isFailing = false
  freeSize = 1e12
  /** Bytes that were written. */
  writtenSize = 0
  writes = 0
  isClosed = false
  private held: (() => void)[] | null = null

  /** Writes wait from now on. */
  hold (): void {
    this.held = []
  }

  release (): void {
    for (const go of this.held ?? []) go()
    this.held = null
  }

  async read (from: number, to: number, take: (key: number, bytes: Uint8Array) => void): Promise<void> {
    await Promise.resolve()
    for (const key of [...this.entries.keys()].sort((a, b) => a - b)) {
      if (key >= from && key <= to) take(key, this.entries.get(key)!)
    }
  }

  async write (entries: readonly Entry[], gone: readonly number[]): Promise<void> {
    // The buffers are the store's: a file takes the bytes at once.
    const copies = entries.map(({ key, bytes }) => ({ key, bytes: new Uint8Array(bytes) }))
    const { held } = this
    if (held) await new Promise<void>(resolve => held.push(resolve))
    else await Promise.resolve()
    this.writes++
    if (this.isFailing) throw new Error('no space left on device')
    for (const { key, bytes } of copies) {
      this.entries.set(key, bytes)
      this.writtenSize += bytes.length
    }
    for (const key of gone) this.entries.delete(key)
  }

  async free (): Promise<number> {
    return Promise.resolve(this.freeSize)
  }

  async close (): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}
