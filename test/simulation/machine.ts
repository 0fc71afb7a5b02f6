// The machine under the broker: what happens to it, and what that excuses.

import type { MachineFault, World } from '../support/world'
import type { Oracle } from './oracle'
import { Unjudged } from './script'

/** A board that starts again is in its network by then, milliseconds. */
export const JOINED_MS = 5_000
/** A board without its Wi-Fi has given up its connections by then, milliseconds. */
const WIFI_LOSS_MS = 5_000
/** A board looks at its memory once a second, and the look may be late, milliseconds. */
const MEMORY_LATE_MS = 2_500

/**
 * What another board starts with when the power of this one goes; undefined: with nothing, as this one keeps nothing,
 * or as it is not certain what a session gets of it that waited for room for retained messages.
 */
export function flashLeft({ world, model, isCrowded }: Oracle): Uint8Array | undefined {
  return isCrowded || model.isInDoubt ? undefined : world.flash
}

export class Machine {
  /** Until when connections may be refused for want of memory. */
  private shortUntil = 0

  constructor(private readonly oracle: Oracle, private readonly world: World) {}

  /** Whether a connection may be closed as soon as it is there. */
  get mayRefuse(): boolean {
    return this.world.isOnline === false || this.oracle.time < this.shortUntil
  }

  async strike(fault: MachineFault): Promise<void> {
    if (!this.world.fault) throw new Unjudged('this machine knows no such thing')
    this.world.fault(fault)
    this.oracle.coverage.touch(`fault ${fault}`)
    if (fault === 'memory low') this.shortUntil = Infinity
    else if (fault === 'memory free') this.shortUntil = this.oracle.time + MEMORY_LATE_MS
    else if (fault === 'Wi-Fi lost') await this.loseAll()
  }

  /** The board's network is gone; it takes all its connections for lost, and nobody else hears of that. */
  private async loseAll(): Promise<void> {
    const { oracle } = this
    // It gives them up by their slots: of retained Wills to one topic the last one stays.
    for (const link of [...oracle.links.values()].sort((a, b) => a.place - b.place)) {
      link.peer.ended()
      oracle.ended(link, true)
    }
    // A Will that it published for one was perhaps sent to another that it had not given up yet: nobody received it.
    for (const { queue } of oracle.model.sessions.values()) {
      for (const delivery of queue) if (delivery.state === 'waiting') delivery.perhapsAgain = true
    }
    await oracle.advance(WIFI_LOSS_MS)
  }
}
