// Reads what a store has: the records that are left when all entries are gone through.
import type { EntryFile } from './entry_file'
import { EntryReader } from './entry_reader'
import { ADD, COPY, MARK } from './entry_writer'

export interface LoadedRecord {
  sequence: number
  kind: number
  marks: number
  /** When it was added, since 1970. */
  seconds: number
  bytes: Uint8Array
  /** The key of the entry that it was found in. */
  entry: number
}

export interface Loaded {
  /** In the order of their sequence numbers. */
  records: LoadedRecord[]
  /** The sequence number of the next record. */
  next: number
  /** The entries, in order, and how many bytes each has. */
  keys: number[]
  sizes: number[]
}

/** Keys are below that. */
export const KEY_MAX = 0xffff_ffff_ffff

export async function recordsLoad(file: EntryFile): Promise<Loaded> {
  const records = new Map<number, LoadedRecord>()
  const loaded: Loaded = { records: [], next: 1, keys: [], sizes: [] }
  await file.read(1, KEY_MAX, (key, bytes) => {
    loaded.keys.push(key)
    loaded.sizes.push(bytes.length)
    loaded.next = Math.max(loaded.next, entryLoad(key, bytes, records))
  })
  loaded.records = [...records.values()].sort((a, b) => a.sequence - b.sequence)
  return loaded
}

/** Does to the records what an entry has; answers the sequence number of the next record. */
function entryLoad(entry: number, bytes: Uint8Array, records: Map<number, LoadedRecord>): number {
  const reader = new EntryReader(bytes)
  while (!reader.isOver) {
    const step = reader.step()
    const { kind, marks, sequence, seconds, bodyAt, size } = reader
    if (step === COPY || step === ADD && kind) {
      // Bytes of their own: a copy of some bytes would hold on to the whole entry.
      const body = new Uint8Array(bytes.subarray(bodyAt, bodyAt + size))
      records.set(sequence, { sequence, kind, marks, seconds, bytes: body, entry })
    } else if (step === MARK) {
      const record = records.get(sequence)
      if (record) record.marks |= marks
    } else if (step !== ADD) records.delete(sequence)
  }
  return reader.next
}
