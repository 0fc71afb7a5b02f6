// What the compiler must refuse: a row of one table in the place of another's. Types alone: nothing runs this file.
import type { Message, Offset, Session, Slot } from '../../src/kinds'
import { publicationBegin } from '../../src/broker/publish/in_hand'
import { topicMatches } from '../../src/codec/topic'
import { connectionSession } from '../../src/store/connection_table'
import { messageRelease } from '../../src/messages/columns/message_table'
import { sessionSlot, sessionWill } from '../../src/store/session_table'
import { subscriptionAdd } from '../../src/subscriptions/indexed/table'

export function refused(slot: Slot, session: Session, message: Message, offset: Offset): void {
  sessionSlot[session] = slot
  sessionWill[session] = message
  // @ts-expect-error -- a column of sessions
  sessionSlot[slot] = slot
  // @ts-expect-error -- has slots
  sessionSlot[session] = message
  // @ts-expect-error -- a session
  messageRelease(connectionSession[slot])
  // @ts-expect-error -- the session comes first
  publicationBegin(message, 0, session)
  // @ts-expect-error -- a message, and not where it lies
  topicMatches(message, 1, offset, 1)
  // @ts-expect-error -- a slot
  subscriptionAdd(slot, offset, 1)
}
