// require('crypto'), as far as a board's program uses it.

import { createHash } from 'node:crypto'
import type { BoardObject } from './event_queue'
import { bytesOfText } from './latin1'
import type { Runtime } from './runtime'

export function createCryptoModule (runtime: Runtime): BoardObject {
  return Object.assign(runtime.createObject(), {
    SHA256: (text: string) => runtime.createBytes(createHash('sha256').update(bytesOfText(text)).digest()).buffer,
  })
}
