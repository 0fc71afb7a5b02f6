// What a simulation has touched: packets, Reason Codes, and things of the standard that it names as they happen.

import type { AnyPacket } from '../support/peer'

export class Coverage {
  private readonly counts = new Map<string, number>()

  touch(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  touchSent({ cmd, dup, reasonCode, returnCode }: AnyPacket): void {
    const code = reasonCode ?? returnCode
    this.touch(`sent ${cmd}${code === undefined ? '' : ` 0x${code.toString(16).padStart(2, '0')}`}`)
    if (cmd === 'publish' && dup) this.touch('sent publish again [MQTT-4.4.0-1]')
  }

  add(other: Coverage): void {
    for (const [name, count] of other.counts) this.counts.set(name, (this.counts.get(name) ?? 0) + count)
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0
  }

  /** In the order of their names. */
  entries(): [string, number][] {
    return [...this.counts].sort(([a], [b]) => a < b ? -1 : 1)
  }
}
