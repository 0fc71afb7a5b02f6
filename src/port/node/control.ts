// What clients publish under $CONTROL/ for whoever runs the broker, and the ends of connections that this one wants.
import { SETTING_CONTROL } from '../../broker/settings'
import { isSpooled } from '../../limits'
import { memory } from '../../memory'
import { memoryText } from './bytes'
import { core } from './core_calls'
import type { ConnectedClient, ControlRequest } from './library/api'
import type { Link } from './link'
import { linkOf, linksOpen, linksWaiting } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** Administrative action. [MQTT 5.0 section 3.14.2.1] */
const ADMINISTRATIVE_ACTION = 0x98

let handler: ((request: ControlRequest) => void) | null = null

/** From now on `taker` gets what clients publish under $CONTROL/ who may. */
export function controlTo(taker: (request: ControlRequest) => void): void {
  handler = taker
  core.settingSet(SETTING_CONTROL, 1)
}

export function portControl(
  slot: Slot, topicStart: Offset, topicSize: number, payloadStart: Offset, payloadEnd: Offset,
): boolean {
  const link = linkOf(slot)
  // The program's own answers go to whoever may read them.
  if (!handler || !link || link.origin.isTrusted) return false
  // It is not in memory, and no request is so large.
  if (isSpooled(payloadEnd - payloadStart)) return true
  const request = {
    topic: memoryText(topicStart, topicSize), payload: memory.slice(payloadStart, payloadEnd),
    clientIdentifier: link.clientIdentifier, userName: link.userName,
  }
  // When the core has returned it may be called.
  queueMicrotask(() => handler?.(request))
  return true
}

/** Ends connections, without their Wills. */
export function disconnect(isWanted: (client: ConnectedClient) => boolean): void {
  for (const link of clientLinks()) {
    if (isWanted(connectedClient(link))) core.brokerKick(link.slot, ADMINISTRATIVE_ACTION)
  }
}

/** Ends the connection of a client without its Will, and without anything that was still to be sent. */
export function sessionCut(clientIdentifier: string, reasonCode: number): void {
  for (const link of linksOpen().filter((one) => one.clientIdentifier === clientIdentifier && one.isConnected)) {
    core.brokerKick(link.slot, reasonCode)
    link.drop()
  }
  for (const link of linksWaiting()) if (link.clientIdentifier === clientIdentifier) link.drop()
}

/** Clients that are connected. */
export function clients(): ConnectedClient[] {
  return clientLinks().map(connectedClient)
}

const connectedClient = ({ clientIdentifier, userName, origin }: Link): ConnectedClient =>
  ({ clientIdentifier, userName, address: origin.address })

const clientLinks = (): Link[] => linksOpen().filter(({ origin, isConnected }) => !origin.isTrusted && isConnected)
