// The part of Espruino's own API that the port uses, beside what Node's types already name.

/** Espruino's engine object. */
declare const E: {
  getAddressOf(value: Uint8Array, isFlatWanted: boolean): number
  memoryArea(address: number, size: number): string
  toString(bytes: Uint8Array): string | undefined
  CRC32(bytes: string): number
  hwRand(): number
  on(event: string, handler: () => void): void
  enableWatchdog(seconds: number, isAutomatic: boolean): void
  setFlags(flags: Record<string, boolean>): void
}

/** Seconds; jumps when the time is set. */
declare function getTime(): number

declare function print(text: string): void

/** A TCP socket; handlers are called with it as `this`. */
interface BoardSocket {
  write(data: string): boolean
  end(data?: string): void
  removeAllListeners(event: string): void
  on(event: string, handler: (this: BoardSocket, data: string) => void): void
  /** The firmware's own number of an open connection; absent once it is closed. */
  sckt?: number
  /** What is written and not sent: the firmware's own field, absent or empty when nothing is. */
  dSnd?: string
  /** Ours: the connection's slot in the core; -1 when the core has let go of it. */
  _slot: number
  /** Ours: 'drain' is listened to. */
  _waits?: boolean
}
