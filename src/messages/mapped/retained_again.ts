// A retained message in the place of another one of its topic: the express lane has written its record.
import { FLASH_AT, PLACE_SIZE } from '../../limits'
import { NO_RECORD } from '../../store/record'
import { recordIsWanted } from './record_holders'
import { retainedPlaces } from './retained_places'
import type { Message, RecordName, RetainedRow } from '../../kinds'

export function retainedRecordAlone(row: RetainedRow): RecordName {
  const place = retainedPlaces[row]
  return place * PLACE_SIZE < FLASH_AT || recordIsWanted(place) ? NO_RECORD : place
}

export function retainedReplace(row: RetainedRow, message: Message): void {
  retainedPlaces[row] = message
}
