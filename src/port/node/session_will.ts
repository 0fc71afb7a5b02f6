// A client's Will as the record that would be kept of it, for a gateway that another one may have to go on for.
import { RECORD_HEAD_AT } from '../../limits'
import { sessionWillLook, willStart } from '../../main'
import { memory } from '../../memory'
import { MESSAGE_HEAD_SIZE } from '../../records/message_head'

/** The owner's number and the delay stand in front of the message's head. */
const HEAD_SIZE = 8 + MESSAGE_HEAD_SIZE

/** null: the client has none. */
export function sessionWill(client: Uint8Array): Uint8Array | null {
  const size = sessionWillLook(client)
  if (size < 0) return null
  const record = new Uint8Array(HEAD_SIZE + size)
  record.set(memory.subarray(RECORD_HEAD_AT, RECORD_HEAD_AT + HEAD_SIZE))
  record.set(memory.subarray(willStart, willStart + size), HEAD_SIZE)
  return record
}
