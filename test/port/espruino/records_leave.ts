// A session is over: its filters count no more, and nothing in flash says so.
import * as store from '../../../src/port/espruino/records'
import { RECORD_FILTERS } from '../../../src/records/record_kind'
import { type Kept, filterPlaces, recordUnits } from './records_walk'

interface World { kept: Map<number, Kept>, wavering: Map<number, Kept>, left: Set<number> }

/** That of a filter, and with it all filters of its record. */
export function filtersLeave({ kept, wavering, left }: World, id: number): void {
  const { unit } = kept.get(id)!
  const places = filterPlaces(recordUnits().find(record => filterPlaces(record).includes(unit))!)
  for (const [other, { kind, unit: place }] of [...kept]) {
    if (kind !== RECORD_FILTERS || !places.includes(place)) continue
    store.filterForget(place)
    kept.delete(other)
    wavering.delete(other)
    left.add(other)
  }
}
