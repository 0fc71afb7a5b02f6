// What a failure says about deliveries and packets.

import type { AnyPacket } from '../support/peer'
import type { Delivery } from './model_delivery'

const flags = (given: Record<string, boolean | undefined>): string =>
  Object.entries(given).filter(([, isSet]) => isSet).map(([name]) => ` ${name}`).join('')

const lineOf = (delivery: Delivery): string => {
  const { message, qos, retain, state, optional, shared, identifiers, again, packetIdentifier } = delivery
  return `${message.topic} ${message.payload} QoS ${qos}${flags({ retain, optional, shared, again })} ${state} ${
    packetIdentifier || ''} identifiers ${identifiers.join()}`
}

export const describe = (deliveries: Delivery[]): string => deliveries.map(lineOf).join('; ') || 'nothing'

/** A PUBLISH that the broker sent. */
export const textOf = ({ payload, qos, retain, dup, messageId, properties }: AnyPacket, topic: string): string =>
  `${topic} ${payload.toString()} QoS ${qos}${flags({ retain, DUP: dup })} ${messageId ?? ''} ${
    JSON.stringify(properties ?? {})}`
