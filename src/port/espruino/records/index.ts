// The board's record store: a log in flash that keeps what is committed, whenever the power goes. See record.ts and
// sectors.ts for what lies where.
export { recordAdd, recordCommit, recordFill, recordRemove, recordReserve } from './append'
export { recordsClean } from './clean'
export { FLASH_AT, bytesAt, recordBytesWritten } from './flash'
export { recordsDamaged, recordsOpen } from './open'
export { recordBody, recordIsMarked, recordKind, recordMark, recordSequence, recordSize } from './record'
export { recordErases, recordErasesEver, recordNext, recordUnitsLive } from './sectors'
