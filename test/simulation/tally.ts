// Packets by Client Identifier, for people.

import type { Link } from './link'

export interface Tallied { packetsIn: number, packetsOut: number }

export class Tally {
  /** Of clients that a CONNACK let in. */
  readonly clients = new Map<string, Tallied>()

  count({ clientId }: Link, way: keyof Tallied): void {
    if (!clientId) return
    const tallied = this.clients.get(clientId) ?? { packetsIn: 0, packetsOut: 0 }
    tallied[way]++
    this.clients.set(clientId, tallied)
  }
}
