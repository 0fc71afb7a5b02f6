// The test's side of the memory port: a World puts its own functions here after it made a core. Every method is one
// port function with offsets already turned into bytes.

import type { Chunk } from '../../../src/port/port'
import type { MemoryRecords } from '../memory_records'

export interface PortControls {
  write(slot: number, bytes: Uint8Array): void
  close(slot: number): void
  /** Bytes written and not yet credited. */
  unsent(slot: number): number
  authorize(slot: number, access: number, topic: string): boolean
  pause(slot: number, paused: boolean): void
  nowMs(): number
  random(): number
  /** `client` is the Client Identifier that a code about a session speaks of, else ''. */
  log(code: number, client: string): void
  /** Absent fields are undefined. */
  authenticate(slot: number, clientId: string, user: string | undefined, password: Uint8Array | undefined): number
  authExchange(slot: number, first: boolean, method: string, data: Uint8Array | undefined): number
  /** Where records are kept; null: nowhere. */
  records: MemoryRecords | null
}

export type { Chunk }

const unset = (): never => {
  throw new Error('the memory port has no world yet')
}

export const portControls: PortControls = {
  write: unset, close: unset, unsent: unset, authorize: unset, pause: unset, nowMs: unset, random: unset, log: unset,
    authenticate: unset,
  authExchange: unset,
  records: null,
}
