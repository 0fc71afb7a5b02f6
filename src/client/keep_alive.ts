// Whether a connection to a broker is alive, by what has come and what has gone. Time is a parameter, in milliseconds.
// [MQTT 5.0 section 3.1.2.10]

/** What is to be done now. */
export type KeepAliveStep = 'wait' | 'ping' | 'dead'

export class KeepAlive {
  private sentAt: number
  private heardAt: number
  /** When the PINGREQ was sent whose answer has not come; 0: there is none. */
  private askedAt = 0

  /** `intervalMs` 0: nobody asks. */
  constructor(private readonly intervalMs: number, private readonly answerMs: number, now: number) {
    this.sentAt = this.heardAt = now
  }

  /** A packet has left. [MQTT-3.1.2-20] */
  sent(now: number): void {
    this.sentAt = now
  }

  /** Bytes have come: whatever they are, the broker is there. */
  heard(now: number): void {
    this.heardAt = now
    this.askedAt = 0
  }

  /**
   * Who sends all the time need not ask for the broker's sake, but a line that takes bytes and brings none may be
   * half-open: it is asked too.
   */
  step(now: number): KeepAliveStep {
    if (!this.intervalMs) return 'wait'
    if (this.askedAt) return now - this.askedAt >= this.answerMs ? 'dead' : 'wait'
    if (now - this.sentAt < this.intervalMs && now - this.heardAt < this.intervalMs) return 'wait'
    this.askedAt = now
    return 'ping'
  }
}
