// The end of a connection at a broker in memory.

import type { MemoryWorld } from '../../support/memory_world'
import type { Wire } from '../../support/peer'
import type { End } from './line'

export class CoreEnd implements End {
  readonly isReading = true
  private hasEnded = false
  private queue: Buffer = Buffer.alloc(0)

  private constructor(private readonly wire: Wire) {}

  static of(world: MemoryWorld): CoreEnd {
    const end = world.attach((wire) => new CoreEnd(wire))
    end.wire.sip!()
    return end
  }

  feed(bytes: Uint8Array): void {
    this.queue = Buffer.concat([this.queue, bytes])
  }

  ended(): void {
    this.hasEnded = true
  }

  pull(size: number): Uint8Array {
    const taken = this.queue.subarray(0, size)
    this.queue = this.queue.subarray(taken.length)
    if (taken.length) this.wire.read!(taken.length)
    return taken
  }

  get waiting(): number {
    return this.queue.length
  }

  give(bytes: Uint8Array): void {
    if (!this.hasEnded) this.wire.write(bytes)
  }

  close(): void {
    this.wire.drop()
  }

  reset(): void {
    this.wire.drop()
  }

  get isClosed(): boolean {
    return this.hasEnded && !this.queue.length
  }
}
