// A serial port in the shape that browsers have, as far as flashing needs it.

export interface SerialSignals { dataTerminalReady?: boolean, requestToSend?: boolean, break?: boolean }

export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  open: (options: { baudRate: number }) => Promise<void>
  close: () => Promise<void>
  /** Both lines must change at once when both are given: on most boards they drive reset and boot together. */
  setSignals: (signals: SerialSignals) => Promise<void>
  getInfo: () => { usbVendorId?: number, usbProductId?: number }
  /** Changes the speed of an open port: closing and opening it would reset many boards. */
  setBaudRate?: (baudRate: number) => Promise<void>
}
