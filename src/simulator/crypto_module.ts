// require('crypto'), as far as a board's program uses it.

import { createHash } from 'node:crypto'
import type { BoardObject } from './event_queue'
import { bytesOfText } from './latin1'
import type { Runtime } from './runtime'

export function createCryptoModule (runtime: Runtime): BoardObject {
  const sum = (name: string) => (text: string) =>
    runtime.createBytes(createHash(name).update(bytesOfText(text)).digest()).buffer
  return Object.assign(runtime.createObject(), { SHA1: sum('sha1'), SHA256: sum('sha256') })
}
