// A message on its way to one client, as the model sees it, and what one says of another.

import type { AnyPacket } from '../support/peer'
import type { ModelSession } from './model_session'

export interface ModelMessage {
  topic: string
  /** Unique, so that a delivery tells which message it is. */
  payload: string
  qos: number
  retain: boolean
  publisher: string
  /** Virtual milliseconds; Infinity: never. */
  expiresAt: number
}

/** One message for one client of a group: whoever is sent it first, has it. */
export interface ShareTicket {
  members: ModelSession[]
  taken: boolean
  /** All of them were there when the message came. */
  allConnected: boolean
}

export interface Delivery {
  message: ModelMessage
  qos: number
  retain: boolean
  identifiers: number[]
  /** Deliveries of one batch may come in any order: copies of one message. */
  batch: number
  /** It has no order among the others: a retained message, or one that another member of a group left behind. */
  unordered?: boolean
  /** A retained message for this filter. */
  retainedFor?: string
  /** The broker may leave it out: limits, or times that cannot be told apart. */
  optional: boolean
  /** Until when it comes to a client that reads, where it only waits for that; virtual time. */
  dueAt?: number
  ticket?: ShareTicket
  shared: boolean
  /** Virtual time when the broker came to it. */
  createdAt: number
  state: 'waiting' | 'sent' | 'released'
  packetIdentifier: number
  /** The client was sent it on an earlier connection. */
  again: boolean
  /** Perhaps it was: the connection ended while its client did not read. */
  perhapsAgain?: boolean
  /** Only its PUBREL was sent on this connection, which takes nothing of the client's Receive Maximum. */
  releasedBefore?: boolean
}

/** Another copy looks like the one that was taken to have come: perhaps it was that one, and this is still to come. */
export function perhapsIt(taken: Delivery, other: Delivery): void {
  if (taken.optional) other.optional = true
  if (taken.unordered) other.unordered = true
  for (const { ticket } of [taken, other]) if (ticket) ticket.allConnected = false
}

/** The deliveries that should have come before the one at this place. */
export function passedBy(list: Delivery[], index: number): Delivery[] {
  const { batch: own, unordered: isFree } = list[index]
  return isFree ? [] : list.slice(0, index).filter(({ state, batch, unordered }) =>
    state === 'waiting' && batch !== own && !unordered)
}

export const identifiersOf = (packet: AnyPacket): number[] => {
  const properties = packet.properties as { subscriptionIdentifier?: number | number[] } | undefined
  return [properties?.subscriptionIdentifier ?? []].flat().sort((a, b) => a - b)
}

/** What a former member of a group leaves behind has the QoS that it had for that one, at most. */
export const qosFits = ({ qos, shared }: Delivery, sent: number): boolean =>
  qos === sent || (shared && qos > sent && sent > 0)

/** Nothing excuses that it does not come. */
export const isCertain = ({ optional, ticket }: Delivery): boolean => !optional && !ticket
