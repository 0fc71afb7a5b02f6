// The board's record store: a log in flash that keeps what is committed, whenever the power goes. See record.ts,
// sectors.ts and append.ts for what lies where, and when it counts.
export {
  filterGather, recordAdd, recordChange, recordCommit, recordPut, recordReserve, recordsCommit, recordsHaveRoom,
  recordsWrite,
} from './append'
export { recordsClean } from './clean'
export { recordBytesWritten } from './flash'
export { recordFill } from './pieces'
export { recordSequenceMax, recordsDamaged, recordsOpen } from './open'
export {
  FIRST, GONE, recordAt, recordBody, recordIsLive, recordKind, recordMarks, recordSequence, recordSize,
} from './record'
export {
  ROOM, filterForget, openings, recordErases, recordUnitsLive, reserve, sectorCount, sectorsErased, unitsForget,
} from './sectors'
export { recordLost, recordStands, tablesAreDue, tablesKeep, tablesNever } from './tables'
