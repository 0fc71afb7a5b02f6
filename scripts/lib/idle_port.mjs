// A runtime that does nothing: enough to start a core and count what it takes.
export const portChunkSize = (/** @type {string} */ chunk) => chunk.length
export const portCopyIn = () => {}
export const portCopy = () => {}
export const portEqual = () => false
export const portHasText = () => false
export const portHash = () => 0
export const portIndexOf = () => -1
export const portIndexOfWildcard = () => -1
export const portIsPlainText = () => true
export const portFindRun = () => -1
export const portPack = () => 0
export const portWrite = () => {}
export const portClose = () => {}
export const portPause = () => {}
export const portUnsent = () => 0
export const portAuthorize = () => true
export const portNowMs = () => 0
export const portRandom = () => 0
export const portLog = () => {}
export const portAuthenticate = () => 0
export const portAuthExchange = () => 0
