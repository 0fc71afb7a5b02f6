// A connection of a broker in memory.

import type { Unread } from './unread'

/** Who is told of what the broker sends on a connection. */
export interface Receiver {
  feed(bytes: Uint8Array): void
  /** The broker has closed it. */
  ended(): void
  readonly isClosed: boolean
}

export interface Connection {
  slot: number
  peer: Receiver
  pending: Uint8Array[]
  paused: boolean
  /** It reads slowly. */
  unread: Unread | undefined
  /** The core has forgotten the slot. */
  forgotten: boolean
  /** The peer's side is gone. */
  dropped: boolean
}
