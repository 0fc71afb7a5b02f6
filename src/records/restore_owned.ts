// The records that belong to a session, or to a message: they wait until these are there. Made for the start, and let
// go behind it.
//
// Memory, while a board starts: 2 bytes for each.
import { RECORDS_MAPPED } from '../limits'
import { columnGrow } from '../store/columns'
import type { RecordName } from '../kinds'

/** By so many a list grows. */
const GROWTH = 256

let ownedPlaces = new Uint16Array(0)
let ownedNames: RecordName[] = []
let ownedCount = 0

export function ownedAdd(record: RecordName): void {
  if (RECORDS_MAPPED) {
    if (ownedCount === ownedPlaces.length) ownedPlaces = placesGrow(ownedPlaces)
    ownedPlaces[ownedCount] = record
  } else ownedNames[ownedCount] = record
  ownedCount++
}

/** A list with room for more behind what it has. */
export function placesGrow(list: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  return columnGrow(list, list.length + GROWTH)
}

/** Tells of each, in the order that they came in, and forgets them. */
export function ownedTake(onRecord: (record: RecordName) => void): void {
  for (let at = 0; at < ownedCount; at++) onRecord(RECORDS_MAPPED ? ownedPlaces[at] : ownedNames[at])
  ownedPlaces = new Uint16Array(0)
  ownedNames = []
  ownedCount = 0
}
