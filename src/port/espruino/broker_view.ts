// What an extension sees of the broker, and has it say: src/hub/extension.d.ts.
import {
  CONNECTIONS_MAX, FEATURE_BRIDGE, FEATURE_LANE, FEATURE_MQTT5, FEATURE_RECORDS, MESSAGES_MAX, QUEUE_ROWS_ROOM,
  RETAINED_ROOM, SESSIONS_MAX, SUBSCRIPTIONS_ROOM,
} from '../../limits'
import {
  bridgeLook, bridgeSet, brokerPublish, clientIdentifierSize, clientIdentifierStart, clientQueued, clientUserSize,
  clientWill, connectionCount, connectionHeard, messageCount, messageStart, messageTopicSize, packetSizeLimit,
  protocolVersion, retainedCount, sessionCount, subscriptionCount,
} from '../../main'
import { bytesAt } from './address'
import { portNowMs } from './clock'
import { laneCheck } from './lane'
import { laneYield } from './lane_send'
import { recordsCommit } from './records'
import { sockets } from './sockets'
import type { Offset, Slot } from '../../kinds'

/** Has the broker publish bytes, with a PUBLISH's flags, where no client may: under $SYS. False: there is no room. */
export function say(topic: string, payload: string, flags?: number): boolean {
  if (FEATURE_LANE) laneYield()
  const isSaid = brokerPublish(topic, payload, flags || 0)
  if (FEATURE_RECORDS) recordsCommit()
  if (FEATURE_LANE) laneCheck()
  return isSaid
}

function textAt(start: Offset, size: number): string {
  return bytesAt(start, size) + ''
}

/** The Client Identifier of a connection; '': it has no session, or was never let in. */
export function nameOf(slot: Slot): string {
  const size = clientIdentifierSize(slot)
  return size > 0 ? textAt(clientIdentifierStart(slot), size) : ''
}

/** Of the clients that are connected: see extension.d.ts. */
export function looks(): unknown[][] {
  const found: unknown[][] = []
  sockets.forEach((socket, slot) => {
    const size = !socket || socket._slot < 0 ? 0 : clientIdentifierSize(slot)
    if (!size) return
    const start = clientIdentifierStart(slot)
    const userSize = clientUserSize(slot)
    const will = clientWill(slot)
    found.push([
      socket, textAt(start, size), userSize < 0 ? undefined : textAt(start + size, userSize), protocolVersion(slot),
      portNowMs() - connectionHeard(slot), clientQueued(slot),
      will < 0 ? undefined : textAt(messageStart(will), messageTopicSize(will)),
    ])
  })
  return found
}

/** Says the largest packet that one takes who has just connected. */
export function packetLimit(socket: BoardSocket, size: number): void {
  if (FEATURE_MQTT5) packetSizeLimit(socket._slot, size)
}

/** Of the board's own bridge: see extension.d.ts. */
export function waiting(socket?: BoardSocket, policy?: number): (number | Float64Array)[] {
  if (FEATURE_BRIDGE && socket) bridgeSet(socket._slot, policy!)
  return FEATURE_BRIDGE ? bridgeLook() : []
}

/** How full each table is, and how full it can be. */
export function room(): number[] {
  return [
    connectionCount, CONNECTIONS_MAX, sessionCount, SESSIONS_MAX, subscriptionCount, SUBSCRIPTIONS_ROOM,
    retainedCount, RETAINED_ROOM, messageCount, MESSAGES_MAX, QUEUE_ROWS_ROOM,
  ]
}
