// What a bridge says of itself: 1 while it is connected and 0 while it is not, retained here and there. When the
// connection breaks, its Will says it there.
import type { ClientConnection } from '../../../client/client_connection'
import type { WillMessage } from '../../../client/connect_packet'
import type { BridgeTerms } from './bridge_terms'

export type State = '0' | '1'

export class StateNotice {
  private said = ''

  /** `publish` retains something here. */
  constructor(private readonly terms: BridgeTerms, private readonly publish: (topic: string, payload: string) => void) {
  }

  /** Says it here, where it is to be said and was not. */
  here(state: State): void {
    if (!this.terms.hasNotifications || state === this.said) return
    this.said = state
    this.publish(this.terms.notificationTopic, state)
  }

  private get isSaidThere(): boolean {
    return this.terms.hasNotifications && !this.terms.areNotificationsLocal
  }

  there(server: ClientConnection, state: State): void {
    if (!this.isSaidThere) return
    server.publish({
      topic: this.terms.notificationTopic, payload: Buffer.from(state), qos: 0, packetIdentifier: 0,
      isDuplicate: false, retain: this.terms.isRetainSent && server.connack!.isRetainAvailable,
      properties: new Uint8Array(0), hops: 0, path: [],
    })
  }

  /** The Will of a connection; a broker may refuse one that is retained, or of QoS 1. */
  will(qos: number, retain: boolean): { will?: WillMessage } {
    return this.isSaidThere ? { will: { topic: this.terms.notificationTopic, payload: '0', qos, retain } } : {}
  }
}
