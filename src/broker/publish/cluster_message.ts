// Messages that come back from the port of a broker that is one with others: src/feature/cluster.ts.
import { portCopyIn } from 'runtime'
import { publishSetFlags } from '../../codec/publish'
import { QUEUES_FULL, QUOTA_EXCEEDED } from '../../codec/reason_code'
import { clusterBegin, clusterEnd } from '../../feature/cluster'
import { CLUSTER_GROUP } from '../../port/port'
import { messageRelease, messageReserve, messageStart } from 'messages/message_table'
import { connectionsSettle } from '../connection/connection'
import { sessionOf } from '../session/session_look'
import { clockUpdate } from '../clock'
import { messageLoad } from './in_hand'
import { publicationPublish } from './publication'

/**
 * Publishes a message of the cluster: its topic, properties and payload in one piece, QoS and RETAIN as in the fixed
 * header, seconds until it expires, 0: never, and the Client Identifier of who sent it, for No Local. `replayAt`: it is
 * for sessions alone that came here before they had the message of this number; CLUSTER_GROUP: for groups alone; 0: for
 * everybody. False: there is no room for it now, or in no queue of the group.
 */
export function clusterPublish(
  bytes: Uint8Array, topicSize: number, propertiesSize: number, flags: number, expirySeconds: number,
  client: Uint8Array, replayAt: number,
): boolean {
  const payloadSize = bytes.length - topicSize - propertiesSize
  const expiresAt = expirySeconds ? clockUpdate() + expirySeconds * 1_000 : 0
  const message = messageReserve(topicSize, propertiesSize, payloadSize, flags, expiresAt, 0)
  if (message < 0) return false
  portCopyIn(bytes, 0, messageStart(message), bytes.length)
  const session = sessionOf(client)
  messageLoad(message)
  publishSetFlags(flags)
  clusterBegin(replayAt)
  const answer = publicationPublish(session, expiresAt, message)
  clusterEnd()
  messageRelease(message)
  connectionsSettle()
  return answer !== QUOTA_EXCEEDED && !(replayAt === CLUSTER_GROUP && answer === QUEUES_FULL)
}
