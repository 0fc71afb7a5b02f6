// What a client of a home is like.

import type { IConnectPacket, ISubscription, QoS } from 'mqtt-packet'
import type { Version } from '../support/peer'

export interface ClientTerms {
  clientId: string
  /** Absent: the home gives it one, or none. */
  user?: string
  /** Nobody gives it a name. */
  isNameless?: boolean
  version: Version
  clean: boolean
  /** Seconds. */
  keepalive: number
  will?: IConnectPacket['will']
  properties?: IConnectPacket['properties']
  subscriptions: ISubscription[]
  /** It does not come back by itself. */
  isBrief?: boolean
  /** It never pings: what it publishes is enough. */
  isTalkative?: boolean
  /** It does not mind how long an answer takes. */
  isPatient?: boolean
  /** It releases none of its messages of QoS 2 by itself: that many it has open on each connection. */
  hoard?: number
  /** It shares subscriptions, and may be sent a message for itself and for a group. */
  isInGroups?: boolean
}

export const subscription = (topic: string, qos: QoS = 0): ISubscription =>
  ({ topic, qos, nl: false, rap: false, rh: 0 })

export const terms = (given: Partial<ClientTerms> & { clientId: string }): ClientTerms => ({
  version: 4, clean: true, keepalive: 60, subscriptions: [], ...given,
})
