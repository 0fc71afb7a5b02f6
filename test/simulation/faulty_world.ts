// A World whose network cuts what clients send into fragments. It wraps another World, so that neither the broker nor
// the model knows of faults; and it keeps every peer, whose bytes are the run's hash.

import { createHash } from 'node:crypto'
import type { Random } from '../model/random'
import type { Peer, Version } from '../support/peer'
import type { World } from '../support/world'

export class FaultyWorld implements World {
  readonly name
  readonly virtualTime = true
  readonly board
  /** Pieces that packets arrived in, of those that were cut. */
  fragmentCount = 0
  private readonly opened: Peer[] = []

  /** `fragmentMax`: bytes that arrive at once, at most; 0: packets arrive whole. */
  constructor(private readonly world: World, private readonly random: Random, private readonly fragmentMax: number) {
    this.name = world.name
    this.board = world.board
  }

  async open(version?: Version): Promise<Peer> {
    const peer = await this.world.open(version)
    this.opened.push(peer)
    if (this.fragmentMax > 0) peer.send = (packet) => this.sendCut(peer, peer.encode(packet))
    return peer
  }

  private sendCut(peer: Peer, bytes: Uint8Array): Promise<void> {
    const sizes: number[] = []
    for (let left = bytes.length; left > 0; left -= sizes.at(-1)!) sizes.push(1 + this.random.below(this.fragmentMax))
    this.fragmentCount += sizes.length
    return peer.sendSplit(bytes, sizes)
  }

  /** Of every byte that the broker sent, connection by connection. */
  hash(): string {
    const hash = createHash('sha256')
    for (const { raw } of this.opened) hash.update(`${raw.length}:`).update(raw)
    return hash.digest('hex').slice(0, 16)
  }

  advance(milliseconds: number): Promise<void> {
    return this.world.advance(milliseconds)
  }

  stop(reasonCode: number): Promise<void> {
    return this.world.stop(reasonCode)
  }

  authenticationRelease(): Promise<void> {
    return this.world.authenticationRelease()
  }

  close(): Promise<void> {
    return this.world.close()
  }
}
