// Where the core's large payloads go: a spool that whoever makes the broker gives it (spool/spool.ts). In memory a
// payload's number stands in its place, REFERENCE_SIZE bytes.
import type { Duplex } from 'node:stream'
import { memory } from '../../memory'
import type { Offset } from '../../kinds'
import { REFERENCE_SIZE } from '../../limits'
import type { SendBuffer } from './buffer_pool'
import type { Link } from './link'

/** Who brings a payload. */
export type Bringer = Pick<Link, 'slot' | 'stream' | 'isOpen' | 'isPaused' | 'pause'>

export interface Spool {
  /** See portSpoolBegin of ../port.ts; answers the payload's number, null: there is no room now. Bytes are copied. */
  begin(from: Bringer, size: number, bytes: Uint8Array, isToLast: boolean, mayWait: boolean): Uint8Array | null
  take(from: Bringer, bytes: Uint8Array): void
  end(from: Bringer): void
  hold(number: Uint8Array): void
  release(number: Uint8Array): void
  restore(number: Uint8Array, size: number): boolean
  /** All records are there: payloads that nobody holds are gone. */
  settle(): void
  /** A commit begins, and is done. */
  seal(): void
  committed(isKept: boolean): void
  /** Clients whose payloads are behind, or are being made safe, are not read, and alive. */
  heard(): void
  /** Has a payload go out behind the first `at` bytes of a buffer. */
  cut(buffer: SendBuffer, at: number, number: Uint8Array): void
  /** A buffer's payloads are not sent. */
  drop(buffer: SendBuffer | null): void
  /** Writes the first `size` bytes of a buffer with its payloads between them. */
  write(stream: Duplex, buffer: SendBuffer, size: number, done: () => void): void
  stop(): void
}

/** Packets are larger than PACKET_SIZE_MAX only where there is one. */
export let spool: Spool | null = null

export function spoolSet(given: Spool): void {
  spool = given
}

export const numberAt = (start: Offset): Uint8Array => memory.slice(start, start + REFERENCE_SIZE)
