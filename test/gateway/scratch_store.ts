// A store in a folder of its own, which a test can ask whether it is writing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entryFileOpen } from '../../src/port/node/library/entry_file'
import type { EntryFile } from '../../src/port/node/records/entry_file'

export class ScratchStore {
  readonly folder = mkdtempSync(join(tmpdir(), 'midge-store-'))
  private writes = 0

  get isWriting (): boolean {
    return this.writes > 0
  }

  async open (): Promise<EntryFile> {
    const file = await entryFileOpen(join(this.folder, 'midge.db'))
    return {
      read: (from, to, take) => file.read(from, to, take),
      write: async (entries, gone) => {
        this.writes++
        try {
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
