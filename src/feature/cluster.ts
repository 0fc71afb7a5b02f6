// A broker that is one with others: what clients publish is the port's first, which brings it back to all of them in
// one order (broker/publish/cluster_message.ts); and a session that comes from another broker is sent what it missed on
// the way, and nobody else is.
import { portHasText, portPublish } from 'runtime'
import {
  publishEnd, publishPacketIdentifier, publishPayloadStart, publishPropertiesStart, publishQos, publishRetain,
  publishTopicSize, publishTopicStart,
} from '../codec/publish'
import { TOPIC_NAME_INVALID } from '../codec/reason_code'
import { topicNameIsValid } from '../codec/topic'
import { NONE } from '../limits'
import { PORT_GO_ON } from '../port/port'
import { sessionClientSize, sessionClientStart, sessionJoinedAt } from '../store/session_table'
import type { Message, Session } from '../kinds'

/** The message in hand comes from the port. */
let isBack = false

/**
 * The number of the message in hand among all of the brokers', where it is for sessions that missed it; CLUSTER_GROUP:
 * it is for a group alone; 0: for all.
 */
export let clusterReplayAt = 0

/** The next message comes from the port; `replayAt` as clusterReplayAt. */
export function clusterBegin(replayAt: number): void {
  isBack = true
  clusterReplayAt = replayAt
}

/** It was published. */
export function clusterEnd(): void {
  isBack = false
  clusterReplayAt = 0
}

/** Whom the message in hand goes to first: PORT_GO_ON, or what became of it. What is under $SYS is a broker's own. */
export function clusterTake(session: Session, expiresAt: number, message: Message): number {
  if (isBack || publishTopicSize > 4 && portHasText(publishTopicStart, '$SYS/')) return PORT_GO_ON
  if (!topicNameIsValid(publishTopicStart, publishTopicSize)) return TOPIC_NAME_INVALID
  return portPublish(
    session < 0 ? 0 : sessionClientStart[session], session < 0 ? NONE : sessionClientSize[session],
    message < 0 ? publishPacketIdentifier : 0, publishQos << 1 | publishRetain,
    publishTopicStart, publishTopicSize, publishPropertiesStart, publishPayloadStart, publishEnd, expiresAt,
  )
}

/** Whether a session has not had the message in hand. */
export function clusterReaches(session: Session): boolean {
  return !clusterReplayAt || sessionJoinedAt[session] > 0 && clusterReplayAt > sessionJoinedAt[session]
}
