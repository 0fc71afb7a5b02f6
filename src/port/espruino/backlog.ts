// The firmware's send queues, which have no bound and say nothing: they are looked at, and listened to only while
// somebody waits for one to become empty.
import { brokerWritable } from '../../main'
import { connectionLarge } from '../../broker/lane'
import { FULL_TRANSMIT, countDropped } from '../../broker/counters'
import { FEATURE_LANE, TX_CREDIT_SIZE } from '../../limits'
import { laneCheck, laneYield } from './lane'
import { sockets } from './sockets'

/** Bytes that the lane copies between two looks. */
const UNSEEN_MAX = 2_048
let unseen = 0

/** The queue has become empty. */
function onDrain(this: BoardSocket): void {
  delete this['#ondrain']
  if (FEATURE_LANE) {
    this._put = this.write
    laneYield()
  }
  if (this._slot >= 0) brokerWritable(this._slot, 0xffff)
  if (FEATURE_LANE) laneCheck()
}

export function portUnsent(slot: number): number {
  const socket = sockets[slot]
  const queue = socket.dSnd
  if (!queue) return 0
  // Not before: 'drain' is an event for nearly every message.
  socket['#ondrain'] = onDrain
  return queue.length
}

/** What a socket writes with while its queue is too long. */
function drop(): void {
  countDropped(FULL_TRANSMIT)
}

/** The lane sends copies that are not acknowledged: after many of them somebody looks at the queues. */
export function laneSent(size: number): void {
  if ((unseen += size) > UNSEEN_MAX) queuesLook(sockets)
}

export function queuesLook(those: BoardSocket[]): void {
  unseen = 0
  for (const socket of those) {
    const queue = socket && socket.dSnd
    if (queue && socket._slot >= 0 && queue.length > TX_CREDIT_SIZE + connectionLarge[socket._slot]) {
      laneYield()
      portUnsent(socket._slot)
      socket._put = drop
    }
  }
}
