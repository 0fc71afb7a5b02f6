// Messages that the program has the broker publish for itself, where no client may: under $SYS.
import { portCopyIn } from 'runtime'
import { publishSetFlags } from '../../codec/publish'
import { NONE } from '../../limits'
import { connectionsSettle } from '../connection/connection'
import { messageRelease, messageReserve, messageStart, messageTailStart } from 'messages/message_table'
import { messageLoad } from './in_hand'
import { publicationPublish } from './publication'

/** QoS 1, retained. */
const FLAGS = 3

/** Retains a payload on a Topic Name, both in UTF-8, and publishes it. False: there is no room. */
export function brokerRetain(topic: Uint8Array, payload: Uint8Array): boolean {
  const message = messageReserve(topic.length, 0, payload.length, FLAGS, 0, 0)
  if (message < 0) return false
  portCopyIn(topic, 0, messageStart(message), topic.length)
  portCopyIn(payload, 0, messageTailStart(message), payload.length)
  messageLoad(message)
  publishSetFlags(FLAGS)
  const answer = publicationPublish(NONE, 0, message)
  messageRelease(message)
  connectionsSettle()
  return answer < 0x80
}
