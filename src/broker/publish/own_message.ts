// Messages that the program has the broker publish for itself, where no client may: under $SYS.
import { portCopyIn } from 'runtime'
import { publishSetFlags } from '../../codec/publish'
import { NONE } from '../../limits'
import { connectionsSettle } from '../connection/connection'
import { messageRelease, messageReserve, messageStart, messageTailStart } from 'messages/message_table'
import { messageLoad } from './in_hand'
import { publicationPublish } from './publication'
import type { Chunk } from '../../port/port'

/** QoS 1, and retained. */
const FLAGS = 2
const RETAINED = 1

/** Retains a payload on a Topic Name, both in UTF-8, and publishes it. False: there is no room. */
export const brokerRetain = (topic: Uint8Array, payload: Uint8Array): boolean =>
  brokerPublish(topic, payload, FLAGS | RETAINED)

/** Publishes a payload that is not retained. False: there is no room. */
export const brokerSay = (topic: Uint8Array, payload: Uint8Array): boolean => brokerPublish(topic, payload, FLAGS)

/** Publishes with the flags of a PUBLISH; both are bytes. False: there is no room. */
export function brokerPublish(topic: Chunk, payload: Chunk, flags: number): boolean {
  const message = messageReserve(topic.length, 0, payload.length, flags, 0, 0)
  if (message < 0) return false
  portCopyIn(topic, 0, messageStart(message), topic.length)
  portCopyIn(payload, 0, messageTailStart(message), payload.length)
  messageLoad(message)
  publishSetFlags(flags)
  const answer = publicationPublish(NONE, 0, message)
  messageRelease(message)
  connectionsSettle()
  return answer < 0x80
}
