// Writes records into a store that no broker has open.
import type { Entry, EntryFile } from './entry_file'
import { EntryWriter } from './entry_writer'
import { recordsLoad } from './record_loading'
import type { StateRecord } from './state_file'

/** Bytes of an entry, from which on another one is begun. */
const ENTRY_SIZE = 1_048_576

/** Puts records, in the order of their sequence numbers, in the place of all that a store has; in one step. */
export async function recordsReplace(file: EntryFile, records: readonly StateRecord[], now: number): Promise<void> {
  const { keys, next: former } = await recordsLoad(file)
  const next = Math.max(former, (records.at(-1)?.sequence ?? 0) + 1)
  const entries: Entry[] = []
  let key = keys.at(-1) ?? 0
  let writer = new EntryWriter()
  const seal = (): void => {
    entries.push({ key: ++key, bytes: writer.bytes.subarray(0, writer.size) })
    writer = new EntryWriter()
  }
  writer.begin(next, now)
  for (const record of records) {
    if (writer.size > ENTRY_SIZE) {
      seal()
      writer.begin(next, now)
    }
    writer.copy(record, now - record.seconds, 0, record.bytes, 0, record.bytes.length)
  }
  seal()
  await file.write(entries, keys)
}
