// Delivery in pieces, where messages lie in records (RECORDS_MAPPED): one that is larger than a connection's credit is
// in no RAM, and the runtime's queue would copy it there. It is handed over as the credit comes back, from where it
// lies. What is written to the connection meanwhile goes out behind it (store/transfer_table.ts); QoS 1 and 2 and
// retained messages wait where they are, so at most one message is under way in pieces to a connection.
import { portPack, portRecordAt, portUnsent } from 'runtime'
import { assert } from '../assert'
import { publishEnd, publishTopicStart } from '../codec/publish'
import { LANE_SINGLE, LANE_TAIL, creditSet, sendPacked } from '../broker/connection/send'
import { FEATURE_LANE, NONE, PLACE_SIZE, RECORDS_MAPPED, SECTOR_SIZE, TX_CREDIT_SIZE } from '../limits'
import { messageEnd, messageRelease, messageRetain, messageStart } from 'messages/message_table'
import { connectionTransmit } from '../store/connection_table'
import { HELD_AT, heldRemove, heldSize, transferHeld, transferLeft, transferMessage } from '../store/transfer_table'
import { routesChanged } from '../subscriptions/rows'
import type { Offset, Slot } from '../kinds'

/** The last `size` bytes of the message in hand, which is stored, follow what was just written to the connection. */
export function transferBegin(slot: Slot, size: number): void {
  // A message is a place.
  const message = (publishTopicStart - messageStart(0)) / PLACE_SIZE
  assert(messageEnd(message) === publishEnd, 'what is larger than the credit is stored')
  messageRetain(message)
  transferMessage[slot] = message
  transferLeft[slot] = size
  // The express lane knows nothing of it.
  if (FEATURE_LANE) routesChanged()
  transferContinue(slot)
}

/** Hands over what a connection has credit for. False: it is in the middle of a message, which nothing may break. */
export function transferContinue(slot: Slot): boolean {
  if (!RECORDS_MAPPED || transferMessage[slot] < 0) return true
  const message: number = transferMessage[slot]
  const start = portRecordAt(message, messageEnd(message) - transferLeft[slot])
  const size = Math.min(
    transferLeft[slot], TX_CREDIT_SIZE - connectionTransmit[slot], SECTOR_SIZE - start % SECTOR_SIZE,
  )
  if (size > 0) {
    transferLeft[slot] -= size
    transferSend(slot, start, size)
  }
  // A port that says only when all has left is to say it.
  if (transferLeft[slot]) creditSet(slot, portUnsent(slot))
  else transferEnd(slot, true)
  return !transferLeft[slot]
}

function transferSend(slot: Slot, start: Offset, size: number): void {
  sendPacked(slot, portPack(start, start + size, LANE_SINGLE + LANE_TAIL), size)
}

/** The message has left, or its connection ends. */
export function transferEnd(slot: Slot, isWhole: boolean): void {
  const message = transferMessage[slot]
  transferMessage[slot] = NONE
  while (transferHeld[slot]) {
    if (isWhole) transferSend(slot, transferHeld[slot] + HELD_AT, heldSize(transferHeld[slot]))
    heldRemove(slot)
  }
  messageRelease(message)
}
