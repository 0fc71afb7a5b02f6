// The port for Node.js: see ../port.ts for what each function promises.
export { portAuthExchange } from './authentication_method'
export {
  portChunkSize, portCopy, portCopyIn, portEqual, portFindRun, portHasText, portHash, portIndexOf, portIndexOfWildcard,
  portIsPlainText,
} from './bytes'
export { portAuthorize } from './gate'
export { portAuthenticate } from './judge'
export { portLog } from './log'
export { portNowMs, portRandom } from './time'
export { portClose, portPack, portPause, portUnsent, portWrite } from './transmit'
