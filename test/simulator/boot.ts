// A simulated board with one program in Storage, switched on.

import type { BoardOptions } from '../../src/simulator/options'
import { VirtualDriver } from '../../src/simulator/virtual_driver'

export function boot (program: string, options: BoardOptions = {}): VirtualDriver {
  const driver = new VirtualDriver({ ...options, files: { ...options.files, '.bootcde': program || ' ' } })
  driver.start()
  return driver
}

/** A program that accepts connections on port 1883 and runs `body` with each socket `c`. */
export const server = (body: string): string =>
  `require("net").createServer(function (c) { ${body} }).listen(1883);`

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
