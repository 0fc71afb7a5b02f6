// The Application Message in hand: the one that is being published, or that is being sent from a queue. Its bytes are
// the registers of codec/publish.ts; here is what the broker knows of it besides.
//
// Life: from publicationBegin or messageLoad until the next of either, at most to the end of the call into the core
// (publicationOver). Whoever sends from a queue puts another message in hand (isInHand in deliver_copy.ts).
import { messageKeep } from 'messages/message_record'
import {
  messageEnd, messageExpiresAt, messageHold, messagePayloadStart, messageRelease, messageStart, messageStore,
  messageTopicSize,
} from 'messages/message_table'
import { publishEnd, publishSet } from '../../codec/publish'
import { FEATURE_MQTT5, NONE, POOL_BLOCKS_RESERVED, RECORDS_MAPPED } from '../../limits'
import type { Message, Session } from '../../kinds'

/** When the message in hand expires, milliseconds of the port's clock; 0: never. */
export let publicationExpiresAt = 0
/** The publisher's session, for No Local; NONE: the broker itself. */
export let publicationSession: Session = NONE
/** The message, once it is stored. */
export let publicationMessage: Message = NONE
/** The message that was stored before, by who publishes it; only where another one may take its place. */
let publicationGiven: Message = NONE

/** The decoded PUBLISH, or the message loaded last, is published for a session; `message` as publicationMessage. */
export function publicationBegin(session: Session, expiresAt: number, message: Message): void {
  publicationSession = session
  publicationExpiresAt = expiresAt
  publicationMessage = message
  if (RECORDS_MAPPED) publicationGiven = message
  messageHold(message)
}

/** Makes a stored message the one in hand. */
export function messageLoad(message: Message): void {
  const start = messageStart(message)
  const topicSize = messageTopicSize(message)
  publishSet(start, topicSize, start + topicSize, messagePayloadStart(message), messageEnd(message))
  if (FEATURE_MQTT5) publicationExpiresAt = messageExpiresAt(message)
}

/** Stores the message if it is not. False: there is no room. */
export function publicationStore(): boolean {
  if (publicationMessage >= 0) return true
  publicationMessage = messageStore(publishEnd, publicationExpiresAt, POOL_BLOCKS_RESERVED)
  messageHold(publicationMessage)
  return publicationMessage >= 0
}

/** Keeps the message, which is stored. False: there is no room. */
export function publicationKeep(kind: number): boolean {
  const kept = messageKeep(publicationMessage, kind)
  if (kept >= 0) publicationReplace(kept)
  return kept >= 0
}

/** The message has been kept, and perhaps is another one since. */
export function publicationReplace(kept: Message): void {
  if (kept === publicationMessage) return
  messageHold(kept)
  if (publicationMessage !== publicationGiven) messageRelease(publicationMessage)
  publicationMessage = kept
  messageLoad(kept)
}

/** It is published; `message` is who had it stored before, and still has it. */
export function publicationEnd(message: Message): void {
  messageHold(NONE)
  if (publicationMessage !== message) messageRelease(publicationMessage)
}

/** For the port of tests: what stands in the registers is over. */
export function publicationOver(over: never): void {
  publicationExpiresAt = publicationSession = publicationMessage = publicationGiven = over
}
