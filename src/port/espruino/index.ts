// The port for Espruino: see ../port.ts for what each function promises.
export {
  portChunkSize, portCopy, portCopyIn, portEqual, portFindRun, portHasText, portHash, portIndexOf, portIndexOfWildcard,
  portIsPlainText,
} from './bytes'
export { portNowMs, portRandom } from './clock'
export { portAuthenticate, portAuthExchange, portAuthorize } from './judge'
export { portLog } from './log'
export {
  portRecordAdd, portRecordAge, portRecordKind, portRecordMark, portRecordMarks, portRecordNext, portRecordRead,
  portRecordRemove, portRecordRoom, portRecordSequence, portRecordSize, portRecordsOpen,
} from './records'
export { portClose, portPack, portPause, portUnsent, portWrite } from './sockets'
