// Packet Identifiers of QoS 2 that a session may hold from a life of which the other side knows nothing any more: a
// message that is new and has such an identifier would be taken for one that came before. A PUBREL first makes the
// session forget it. [MQTT-4.3.3-10] [MQTT-4.3.3-11]

export class ExchangeSweep {
  private swept: Set<number> | null = null
  /** PUBCOMPs that are still to come, of identifiers that nobody else asked to release. */
  private readonly expected = new Set<number>()

  /** A session of the one side goes on, and the other side's is new. */
  begin(): void {
    this.swept = new Set()
  }

  /** The connection has ended. */
  pause(): void {
    this.expected.clear()
  }

  /** Whether a PUBREL must go before a PUBLISH of QoS 2. */
  isNeeded(packetIdentifier: number, isDuplicate: boolean): boolean {
    if (!this.swept || this.swept.has(packetIdentifier)) return false
    this.swept.add(packetIdentifier)
    if (isDuplicate) return false
    this.expected.add(packetIdentifier)
    return true
  }

  /** Whether a PUBCOMP is the answer to a PUBREL that this has asked for. */
  takes(packetIdentifier: number): boolean {
    return this.expected.delete(packetIdentifier)
  }
}
