// What a bridge has of its broker.
import type { Duplex } from 'node:stream'
import type { BridgeEvent } from '../library/bridge_api'

export interface BridgeHost {
  /** `realm`: whose rules hold for it; undefined: the broker's own. */
  attach(stream: Duplex, realm: string | undefined): boolean
  /** The User Name of who may do everything. */
  readonly ownName: string
  /** What the broker is called in the path of a message: its own as long as the program runs. */
  readonly brokerName: string
  isFull(): boolean
  /** Bytes of the largest packet that the broker takes. */
  readonly packetSizeMax: number
  /** A number of the queue of a session here, by its Client Identifier: see session_look.ts. */
  queueLook(clientIdentifier: string, what: number): number
  /** How many messages and bytes of payload such a queue takes, 0: no limit; and what it does when it is full. */
  queueBound(clientIdentifier: string, messages: number, bytes: number, policy: number): void
  /** How many messages go to the client of such a session without an acknowledgement, while it is connected. */
  windowSet(clientIdentifier: string, size: number): void
  /** What every client's queue takes, where that was said. */
  readonly queuedMessages: number | undefined
  readonly queuedBytes: number | undefined
  /** Whether a session here has a subscription to a filter. */
  isSubscribed(clientIdentifier: string, filter: string): boolean
  /** Retains something here. */
  publish(topic: string, payload: string): void
  tell(event: BridgeEvent): void
}
