// What somebody must hear of, who is away at times: messages at QoS 1 and 2 for a session that goes on.
import type { Message } from './packets'

type State = 'sent' | 'acknowledged' | 'arrived' | 'lost'

interface Alarm { number: number, qos: number, state: State }

export class Alarms {
  /** The last ones; those that have arrived, and all in front of them, are forgotten. */
  private waiting: Alarm[] = []
  private readonly last = [0, 0, 0]
  private count = 0
  arrived = 0

  /** A number for the next one. */
  next(qos: number): string {
    this.waiting.push({ number: ++this.count, qos, state: 'sent' })
    return String(this.count)
  }

  acknowledged(payload: string): void {
    const alarm = this.waiting.find(({ number }) => number === Number(payload))
    if (alarm) alarm.state = 'acknowledged'
  }

  /** Who has sent them does not send again what the board has not acknowledged. */
  forget(): void {
    for (const alarm of this.waiting) if (alarm.state === 'sent') alarm.state = 'lost'
  }

  /** In order, at QoS 2 once; of what was acknowledged nothing is missing. */
  took({ payload, qos, dup }: Message): void {
    const number = Number(payload)
    if (number <= this.last[qos]) {
      if (qos === 1 && dup) return
      throw new Error(`alarm ${number} came behind ${this.last[qos]} at QoS ${qos}`)
    }
    const alarm = this.waiting.find((other) => other.number === number)
    if (!alarm || alarm.qos !== qos) throw new Error(`nobody has sent alarm ${number} at QoS ${qos}`)
    const missed = this.waiting.find((other) =>
      other.qos === qos && other.number < number && other.state === 'acknowledged')
    if (missed) throw new Error(`alarm ${missed.number} was acknowledged, and ${number} came behind it`)
    this.last[qos] = number
    this.arrived++
    this.waiting = this.waiting.filter((other) => other.qos !== qos || other.number > number)
  }

  /** Whoever they are for has had time to take them. */
  checkNothingWaits(): void {
    const missing = this.waiting.find(({ state }) => state === 'acknowledged')
    if (missing) throw new Error(`alarm ${missing.number} was acknowledged, and never came`)
  }
}
