// The record store of a broker that is one with others: it is given copies of the bytes, and lies outside of this
// program (cluster/cluster_records.ts), which has the memory.
import { memory } from '../../memory'
import type { Offset, RecordName } from '../../kinds'
import type { RecordStore } from './records'

export interface RoamingStore extends Omit<RecordStore, 'add'> {
  add(kind: number, bytes: Uint8Array): RecordName
}

/** The store as the port has it. */
export function roamingRecords(store: RoamingStore): RecordStore {
  return {
    room: (count, size) => store.room(count, size),
    add: (kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number) => {
      const bytes = new Uint8Array(headSize + bodySize)
      bytes.set(memory.subarray(headStart, headStart + headSize))
      bytes.set(memory.subarray(bodyStart, bodyStart + bodySize), headSize)
      return store.add(kind, bytes)
    },
    mark: (record, mark) => store.mark(record, mark),
    remove: (record) => store.remove(record),
    next: (record) => store.next(record),
    kind: (record) => store.kind(record),
    marks: (record) => store.marks(record),
    size: (record) => store.size(record),
    sequence: (record) => store.sequence(record),
    bytes: (record) => store.bytes(record),
    age: (record) => store.age(record),
  }
}
