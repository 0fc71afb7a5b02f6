// A broker of a board with records, for tests of messages that are sent in pieces.

import { MemoryRecords } from '../support/memory_records'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import type { AnyPacket, Peer } from '../support/peer'

export const LARGE = 128 * 1_024

/** Bytes of which no two places look alike. */
export const payloadOf = (size: number, seed = 0): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8) * 13 + (i >> 16) + seed) & 0xff))

/** A broker whose messages lie in records. */
export class Home {
  readonly records = new MemoryRecords(() => 0)
  world!: MemoryWorld

  async start (): Promise<this> {
    this.world = await memoryWorld('esp32', {}, 1, this.records)
    return this
  }

  get credit (): number {
    return this.world.board.TX_CREDIT_SIZE
  }

  /** Moves all records that there are, as cleaning does, which leaves alone what is not committed. */
  moveAll (): void {
    for (const { name, isCommitted } of this.records.all()) {
      if (isCommitted) this.world.core.recordMoved(name, this.records.move(name))
    }
  }

  counter (number: number): number {
    return this.world.core.counterOf(number)
  }
}

export const home = (): Promise<Home> => new Home().start()

/** Reads on until nothing more comes. */
export async function readAll (peer: Peer): Promise<AnyPacket[]> {
  const packets: AnyPacket[] = []
  for (let size = -1; size !== peer.raw.length;) {
    size = peer.raw.length
    await peer.read(100_000)
    packets.push(...await peer.drain())
  }
  return packets
}
