// The file in which a board's broker keeps what it acknowledged: src/port/espruino/records. It is the first of Storage
// and is never erased there, so that Storage leaves it where it is: to make room, it writes anew what stands from the
// page on in which the first erased file begins, and no page of this one has anything of another file.

import { PAGE_SIZE, STORAGE_SIZE } from './layout'
import { RECORD_HEADER_SIZE, headerAt, recordEnd, recordHeader } from './storage_record'

export const RECORDS_FILE = 'midge.db'
/** Bytes that a new one takes, with its header. */
export const RECORDS_END = 160 * PAGE_SIZE

/** Whether a broker's bundle keeps anything: then it asks Storage for the file, by its name. */
export const keepsRecords = (broker: Uint8Array): boolean =>
  new TextDecoder('latin1').decode(broker).includes(RECORDS_FILE)

/** For people: of a board whose broker could keep something, and has nowhere to. */
export const FORGETFUL = 'it keeps nothing of what it is told through a power cut, as its flash has no room made for '
  + 'that: set it up anew to have it do so'

/** What stands in front of the data of a new one, which is erased. */
export const recordsHeader = (): Uint8Array => recordHeader(RECORDS_FILE, RECORDS_END - RECORD_HEADER_SIZE)

/** Bytes that the file takes of a Storage that begins so, whole pages; 0: it is not where it must be. */
export function recordsEnd (storage: Uint8Array): number {
  const header = headerAt(storage, 0)
  const end = header?.name === RECORDS_FILE ? recordEnd(header) : 0
  return end % PAGE_SIZE ? 0 : end
}

/** Storage with no file but what a broker has kept, which is taken from a Storage, or from a new file's header. */
export function storageOf (kept: Uint8Array): Uint8Array {
  const storage = new Uint8Array(STORAGE_SIZE).fill(0xff)
  storage.set(kept.subarray(0, RECORDS_END))
  return storage
}
