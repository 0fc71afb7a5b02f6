// What a message says is not in its record here: nothing but messageStore makes one.
import { NO_RECORD } from '../../store/record'
import type { Message, RecordName, RetainedRow } from '../../kinds'

export function retainedRecordAlone(_row: RetainedRow): RecordName {
  return NO_RECORD
}

export function retainedReplace(_row: RetainedRow, _message: Message): void {
  // There is none.
}
