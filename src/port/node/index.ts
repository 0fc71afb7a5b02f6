// The port for Node.js: see ../port.ts for what each function promises.
export { portAuthExchange } from './authentication_method'
export { portAccess, portAuthorize, portPayloadRefusal } from './authorize'
export {
  portByte, portChunkSize, portCopy, portCopyIn, portEqual, portFilterHash, portFilterLook, portFindRun, portHasText,
  portHash, portIndexOf, portIndexOfWildcard, portIsPlainText,
} from './bytes'
export { portPublish, portShares, portWanted } from './cluster_seam'
export { portControl } from './control'
export { portAuthenticate } from './judge'
export { portFilter, portLog } from './log'
export {
  portFilterGather, portFilterLeave, portFilterOwner, portFiltersGone, portRecordAdd, portRecordAge, portRecordAt,
  portRecordKind, portRecordMark, portRecordMarks, portRecordRead, portRecordRemove, portRecordRoom,
  portRecordSequence, portRecordSize, portRecordsOpen, portRecordLost, portRecordStands, portRecordWord,
  portRecordsSequence, portRecordsWear, portRecordsWrite, portTablesNever,
} from './records'
export { portRetained, portRetainedAllows } from './retained_source'
export {
  portSpoolBegin, portSpoolEnd, portSpoolHold, portSpoolRelease, portSpoolRestore, portSpoolTake,
} from './spool_calls'
export { portHeap, portNowMs, portRandom } from './time'
export { portClose, portPack, portPause, portUnsent, portWrite } from './transmit'
