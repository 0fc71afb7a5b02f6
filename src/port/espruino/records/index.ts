// The board's record store: a log in flash that keeps what is committed, whenever the power goes. See record.ts and
// sectors.ts for what lies where.
export { recordAdd, recordCommit, recordFill, recordRemove, recordReserve, recordsHaveRoom } from './append'
export { recordsClean } from './clean'
export { recordBytesWritten } from './flash'
export { recordsDamaged, recordsOpen } from './open'
export { recordBody, recordIsLive, recordKind, recordMark, recordMarks, recordSequence, recordSize } from './record'
export { recordErases, recordErasesEver, recordNext, recordUnitsLive } from './sectors'
