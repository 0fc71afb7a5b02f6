// Two boards side by side: every client stands on both and does the same there. Whatever the boards send must be the
// same bytes for every client, after every step.

import { strictEqual } from 'node:assert'
import type { BundleName } from '../support/board_bundle'
import { boardWorld } from '../support/board_world'
import { connectSend, type ConnectOptions } from '../support/client'
import type { Peer, Version } from '../support/peer'
import type { World } from '../support/world'
import { transcriptOf } from './transcript'

/** One client on both boards. */
export class Twin {
  /** It did not read for a while. */
  hasPaused = false

  constructor(readonly version: Version, readonly peers: [Peer, Peer]) {}

  get isClosed(): boolean {
    return this.peers[0].isClosed
  }

  async both(act: (peer: Peer) => unknown): Promise<void> {
    for (const peer of this.peers) await act(peer)
  }
}

export class TwinWorld {
  readonly clients: Twin[] = []

  /** `transcript` is what the two must have alike. */
  constructor(readonly worlds: [World, World], private readonly transcript = transcriptOf) {}

  async open(options: ConnectOptions & { version: Version }): Promise<Twin> {
    const [first, second] = this.worlds
    const twin = new Twin(options.version, [await first.open(options.version), await second.open(options.version)])
    this.clients.push(twin)
    await twin.both((peer) => connectSend(peer, options))
    return twin
  }

  async advance(milliseconds: number): Promise<void> {
    for (const world of this.worlds) await world.advance(milliseconds)
  }

  /** Compares all that every client was ever sent, and forgets the clients that are gone. */
  async compare(): Promise<void> {
    for (const world of this.worlds) await world.advance(0)
    for (const { peers: [first, second], hasPaused } of this.clients) {
      strictEqual(this.transcript(first, hasPaused), this.transcript(second, hasPaused), first.clientId)
    }
    const open = this.clients.filter(({ isClosed }) => !isClosed)
    this.clients.splice(0, this.clients.length, ...open)
  }
}

export async function twinWorld(first: BundleName, second: BundleName, seed: number): Promise<TwinWorld> {
  return new TwinWorld([await boardWorld(first, {}, seed), await boardWorld(second, {}, seed)])
}
