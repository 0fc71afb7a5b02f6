// A store in a folder of its own, which a test can ask whether it is writing, and which fails when it is told to.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entryFileOpen } from '../../src/port/node/library/entry_file'
import type { EntryFile } from '../../src/port/node/records/entry_file'
import type { StoreOptions } from '../../src/port/node/records/kept_records'

export class ScratchStore {
  readonly folder = mkdtempSync(join(tmpdir(), 'midge-store-'))
  private writes = 0
  isFailing = false
  /** Writes wait until it is let go. */
  private held: Promise<void> | null = null
  private letGo: () => void = () => undefined

  constructor (readonly options: StoreOptions = {}) {}

  hold (): void {
    this.held = new Promise(resolve => { this.letGo = resolve })
  }

  release (): void {
    this.held = null
    this.letGo()
  }

  get isWriting (): boolean {
    return this.writes > 0 && !this.held
  }

  async open (): Promise<EntryFile> {
    const file = await entryFileOpen(join(this.folder, 'midge.db'))
    return {
      read: (from, to, take) => file.read(from, to, take),
      write: async (entries, gone) => {
        this.writes++
        try {
          await this.held
          if (this.isFailing) throw new Error('no space left on device')
          await file.write(entries, gone)
        } finally {
          this.writes--
        }
      },
      free: () => file.free(),
      close: () => file.close(),
    }
  }

  remove (): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
