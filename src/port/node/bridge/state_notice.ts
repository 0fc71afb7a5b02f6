// What a bridge says of itself: 1 while it is connected and 0 while it is not, retained here and there. When the
// connection breaks, its Will says it there. And here alone how many messages it has kept, sent and dropped.
import type { ClientConnection } from '../../../client/client_connection'
import type { WillMessage } from '../../../client/connect_packet'
import type { BridgeStatistics } from '../library/bridge_api'
import type { BridgeTerms } from './bridge_terms'

export type State = '0' | '1'

export class StateNotice {
  private said = ''
  /** Numbers by the last word of their topic. */
  private readonly counts = new Map<string, number>()

  /** `publish` retains something here. */
  constructor(private readonly terms: BridgeTerms, private readonly publish: (topic: string, payload: string) => void) {
  }

  /** Says it here, where it is to be said and was not. */
  here(state: State): void {
    if (!this.terms.hasNotifications || state === this.said) return
    this.said = state
    this.publish(this.terms.notificationTopic, state)
  }

  /** Retains those numbers here that are not what they were. */
  count({ queued, sent, queueDropped, refused, tooLarge, queuedSeconds }: BridgeStatistics): void {
    if (!this.terms.hasNotifications) return
    const dropped = queueDropped + refused + tooLarge
    for (const [word, number] of Object.entries({ kept: queued, sent, dropped, oldest: queuedSeconds })) {
      if (this.counts.get(word) === number) continue
      this.counts.set(word, number)
      this.publish(`$SYS/broker/connection/${this.terms.remoteClientIdentifier}/${word}`, String(number))
    }
  }

  private get isSaidThere(): boolean {
    return this.terms.hasNotifications && !this.terms.areNotificationsLocal
  }

  there(server: ClientConnection, state: State): void {
    if (!this.isSaidThere) return
    server.publish({
      topic: this.terms.notificationTopic, payload: Buffer.from(state), qos: 0, packetIdentifier: 0,
      isDuplicate: false, retain: this.terms.isRetainSent && server.connack!.isRetainAvailable,
      properties: new Uint8Array(0), subscriptions: [], hops: 0, path: [],
    })
  }

  /** The Will of a connection; a broker may refuse one that is retained, or of QoS 1. */
  will(qos: number, retain: boolean): { will?: WillMessage } {
    return this.isSaidThere ? { will: { topic: this.terms.notificationTopic, payload: '0', qos, retain } } : {}
  }
}
