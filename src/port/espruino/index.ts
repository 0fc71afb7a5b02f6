// The port for Espruino: see ../port.ts for what each function promises.
export {
  portByte, portChunkSize, portCopy, portCopyIn, portEqual, portFilterHash, portFilterLook, portFindRun, portHasText,
  portHash, portIndexOf, portIndexOfWildcard, portIsPlainText,
} from './bytes'
export { portNowMs, portRandom } from './clock'
export {
  portAccess, portAuthenticate, portAuthExchange, portAuthorize, portControl, portFilter, portHeap, portPayloadRefusal,
  portPublish, portRetained, portRetainedAllows, portShares, portSpoolBegin, portSpoolEnd, portSpoolHold,
  portSpoolRelease, portSpoolRestore, portSpoolTake, portWanted,
} from './judge'
export { portLog } from './log'
export {
  portFilterLeave, portFilterOwner, portFiltersGone, portRecordAdd, portRecordAge, portRecordAt, portRecordCommit,
  portRecordFill, portRecordIsCommitted, portRecordKind, portRecordMark, portRecordMarks, portRecordRead,
  portRecordRemove, portRecordReserve, portRecordRoom, portRecordSequence, portRecordSize, portRecordLost,
  portRecordStands, portRecordWord, portRecordsOpen, portRecordsSequence, portTablesNever,
} from './record_store'
export { filterGather as portFilterGather, recordsWrite as portRecordsWrite } from './records'
export { portRecordsWear } from './wear'
export { portClose, portPack, portPause, portUnsent, portWrite } from './sockets'
