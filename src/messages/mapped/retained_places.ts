// Where the retained messages lie; retained_table.ts finds them by their topic.
//
// Memory of a row: 2.
import { RETAINED_MAX } from '../../limits'

/** The message of a row, which is in a record; 0: the row is free. */
export const retainedPlaces = new Uint16Array(RETAINED_MAX)
