// Which message the other broker closes the connection for. Such a one would be sent again for ever, with everything
// that waits behind it. A line that breaks looks the same at first: so what is in flight is sent alone, after a PINGREQ
// was answered, and only what is alone in flight each time is given up.

/** Connections that end without any acknowledgement before messages are sent one at a time. */
const SILENT_MAX = 2
/** Connections that end with the same message alone in flight before it is given up. */
const ALONE_MAX = 3
/**
 * Milliseconds: who closes the connection for a message does so at once. Who has waited longer had no room for it, say,
 * which 3.1.1 has no other word for.
 */
const AT_ONCE_MS = 10_000

/** Reason Codes of a DISCONNECT that do not speak of a message: the broker goes, is busy, or somebody else came. */
const OF_THE_BROKER = [0x00, 0x88, 0x89, 0x8b, 0x8d, 0x8e, 0x93, 0x96, 0x97, 0x98, 0x9c, 0x9d, 0x9f, 0xa0]

export class Suspicion {
  private silentCount = 0
  private suspect = 0
  private aloneCount = 0
  /** One message at a time. */
  isIsolating = false

  /** A message was acknowledged. */
  acknowledged(packetIdentifier: number): void {
    if (packetIdentifier !== this.suspect && this.isIsolating && this.suspect) return
    this.clear()
  }

  private clear(): void {
    this.silentCount = this.suspect = this.aloneCount = 0
    this.isIsolating = false
  }

  /**
   * The other broker has closed the connection, or reset it, with these in flight, none of which was acknowledged for
   * `stalledMs`; `reasonCode` of its DISCONNECT is undefined where it said nothing.
   */
  closed(
    inFlight: number[], hadAcknowledgement: boolean, stalledMs: number, reasonCode: number | undefined,
  ): void {
    if (!inFlight.length || stalledMs > AT_ONCE_MS) return
    if (reasonCode !== undefined && OF_THE_BROKER.includes(reasonCode)) return
    if (this.isIsolating) {
      const [only] = inFlight
      this.aloneCount = only === this.suspect ? this.aloneCount + 1 : 1
      this.suspect = only
    } else if (hadAcknowledgement) this.silentCount = 0
    else this.isIsolating = ++this.silentCount >= SILENT_MAX
  }

  /** Whether a message is given up; it is forgotten then. */
  isGivenUp(packetIdentifier: number): boolean {
    if (packetIdentifier !== this.suspect || this.aloneCount < ALONE_MAX) return false
    this.clear()
    return true
  }
}
