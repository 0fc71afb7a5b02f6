// What the store writes to: entries by growing numbers, on a disk. The gateway's is a LevelDB (library/entry_file.ts);
// tests have one that fails when it is told to.

export interface Entry {
  key: number
  bytes: Uint8Array
}

export interface EntryFile {
  /** Hands over the entries from one key to another, both among them, in order; the bytes are the taker's. */
  read(from: number, to: number, take: (key: number, bytes: Uint8Array) => void): Promise<void>
  /**
   * Writes entries and takes out others, all of it or nothing, and ends when the disk has it for good. Where it rejects
   * nobody knows which of both it was: the same is written again, by the same keys.
   */
  write(entries: readonly Entry[], gone: readonly number[]): Promise<void>
  /** Bytes that the disk has left. */
  free(): Promise<number>
  close(): Promise<void>
}
