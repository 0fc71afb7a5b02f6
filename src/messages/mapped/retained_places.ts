// Where the retained messages lie: retained_table.ts finds them by their topic, retained_waiting.ts writes those that
// wait for it.
//
// Memory: 2 for each retained message, and 4 for each that may wait.
import { RETAINED_ROOM, TABLES_FIT, fitted } from '../../limits'

/** The message of a row, in a record or in the pool; 0: the row is free. */
export const retainedPlaces = new Uint16Array(RETAINED_ROOM)

/** Messages that wait: as many as the pool of a board has room for. */
export const WAITING_MAX = 64
const WAITING_ROOM = TABLES_FIT ? fitted(8, WAITING_MAX) : WAITING_MAX
/** The message of a row, which is some topic's retained message; 0: the row is free. */
export const waitingPlaces = new Uint16Array(WAITING_ROOM)
/** The record that stands for that topic; 0: there is none. */
export const waitingRecords = new Uint16Array(WAITING_ROOM)
