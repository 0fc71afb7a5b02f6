// The properties of an Application Message (PUBLISH and Will): what travels with the message as it came, and what is
// between the client and the server alone.
import { portCopy } from 'runtime'
import { propertiesBegin, propertiesStart, propertyAt, propertyIdentifier, propertyNext } from './property'
import { MESSAGE_EXPIRY_INTERVAL, TOPIC_ALIAS, WILL_DELAY_INTERVAL } from './property_identifier'
import { readAt } from './reader'
import type { Offset } from '../kinds'

/**
 * Where the properties that travel start; they end where the block ends, in the order in which they came.
 * [MQTT-3.3.2-18]
 * Life: until the next applicationPropertiesRead, at most to the end of the call into the core (keptPropertiesOver).
 */
export let keptPropertiesStart: Offset = 0

/**
 * Reads a block of properties and drops those that do not travel by moving what stands before them up: what is kept
 * then lies directly before the payload, and is sent with it in one piece. Changes the block: read it once.
 */
export function applicationPropertiesRead(packet: number): void {
  propertiesBegin()
  keptPropertiesStart = propertiesStart
  while (propertyNext(packet)) {
    const identifier = propertyIdentifier
    if (identifier === MESSAGE_EXPIRY_INTERVAL || identifier === TOPIC_ALIAS || identifier === WILL_DELAY_INTERVAL) {
      dropProperty()
    }
  }
}

function dropProperty(): void {
  const size = readAt - propertyAt
  portCopy(keptPropertiesStart + size, keptPropertiesStart, propertyAt - keptPropertiesStart)
  keptPropertiesStart += size
}

/** For the port of tests: what stands in the registers is over. */
export function keptPropertiesOver(over: never): void {
  keptPropertiesStart = over
}
