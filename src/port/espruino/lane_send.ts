// What the express lane (lane.ts) sends, and the firmware's send queues behind it, which have no bound.
//
// What is sent at QoS 1 is kept here until it is acknowledged, and given to the broker (laneKeep) before the broker
// does anything else; there is always room for it (laneHasRoom).
import { FULL_TRANSMIT, countDropped } from '../../broker/counters'
import {
  LANE_INFLIGHT_MAX, laneConfirms, laneCreditSize, laneHasRoom, laneIsEmpty, laneIsFree, laneKeep,
} from '../../feature/lane'
import { NONE } from '../../limits'
import { NOTHING, portUnsent, sockets } from './sockets'

const PUBACK = '@\x02'
export const PUBACK_SIZE = 4

/** Messages at QoS 1 that may still be sent, of LANE_INFLIGHT_MAX; NONE: to be asked. */
let room = NONE
/** Goes up whenever the broker may do something: what was found out about queues in another period is void. */
let period = 0
/** Bytes that the lane copies between two looks. */
const UNSEEN_MAX = 2_048
let unseen = 0

/** What is not done each time: counting, and a look at the queues. */
export function laneTurn(this: LaneEntry): boolean {
  this._left = this._share
  this._uses += this._share + 1
  queuesLook(this._same)
  return true
}

/**
 * Sends copies that differ from what came, and copies at QoS 1, which have the publisher's Packet Identifier where the
 * subscriber has none like it under way. False: nothing was done, and the broker has to.
 */
export function laneCopy(this: LaneEntry, socket: BoardSocket, data: string): boolean {
  let identifier!: string
  let acknowledgement!: string
  this._left = 0
  if (this._qos) {
    identifier = data.substr(this._identifierAt, 2)
    acknowledgement = PUBACK + identifier
    // Properties come with it, or the identifier is no identifier. [MQTT-2.2.1-3]
    if (identifier === '\0\0' || this._isNew && data[this._payloadAt - 1] !== '\0') return false
    if ((this._period !== period || room < this._copies) && !canConfirm(socket, this, identifier)) return false
    for (const target of this._confirming) if (target._acknowledgements[acknowledgement]) return false
  }
  for (const group of this._groups) {
    const packet = group._head
      ? group._head + (group._qos ? identifier : '') + group._properties + data.substr(this._payloadAt)
      : data
    for (const target of group._targets) {
      if (group._qos) {
        target._acknowledgements[acknowledgement] = packet
        room--
      }
      try {
        target._put(packet)
      } catch { /* It has gone; the broker will be told. */ }
    }
  }
  if (this._qos) socket._put(acknowledgement)
  this._uses++
  // Those at QoS 0 stand first.
  if (this._groups[0] && !this._groups[0]._qos) laneSent(this._size)
  return true
}

function identifierAt(text: string, at: number): number {
  return text.charCodeAt(at) << 8 | text.charCodeAt(at + 1)
}

/** Whether a message can go out at QoS 1: nothing stands before it, and it could be given to the broker later. */
function canConfirm(socket: BoardSocket, entry: LaneEntry, identifier: string): boolean {
  if (socket['#ondrain']) return false
  if (room < 0 && laneHasRoom()) room = LANE_INFLIGHT_MAX
  entry._period = period
  for (const target of entry._confirming) {
    if (target._acknowledgements === NOTHING) target._acknowledgements = {}
    if (laneIsEmpty(target._slot) && !target['#ondrain']) continue
    entry._period = NONE
    if (target['#ondrain'] || !laneIsFree(target._slot, identifierAt(identifier, 0))) return false
  }
  return room >= entry._copies
}

/** Whether a chunk is the PUBACK of a message that the lane has sent. */
export function laneAcknowledge(socket: BoardSocket, data: string): boolean {
  if (data[0] !== '@' || !socket._acknowledgements[data] || !socket._lane) return false
  delete socket._acknowledgements[data]
  socket._heard++
  room++
  return true
}

/** Whether a chunk is a PUBACK that the broker may have while messages are under way: it sends nothing for it. */
export function laneStays(socket: BoardSocket, data: string): boolean {
  return !!socket._lane && data.startsWith(PUBACK) && data.length === PUBACK_SIZE
    && laneConfirms(socket._slot, identifierAt(data, 2))
}

/** Before the broker does anything else: gives it what is under way, in the order in which it was sent. */
export function laneYield(): void {
  const isIdle = room < 0 || room === LANE_INFLIGHT_MAX
  room = NONE
  period++
  if (isIdle) return
  for (const socket of sockets) {
    if (!socket) continue
    for (const acknowledgement in socket._acknowledgements) {
      laneKeep(socket._slot, socket._acknowledgements[acknowledgement])
    }
    socket._acknowledgements = NOTHING
  }
}

/** What a socket writes with while its queue is too long. */
function drop(): void {
  countDropped(FULL_TRANSMIT)
}

/** Copies that are not acknowledged: after many of them somebody looks at the queues. */
function laneSent(size: number): void {
  if ((unseen += size) > UNSEEN_MAX) queuesLook(sockets)
}

export function queuesLook(those: BoardSocket[]): void {
  unseen = 0
  for (const socket of those) {
    const queue = socket && socket.dSnd
    if (queue && socket._slot >= 0 && queue.length > laneCreditSize(socket._slot)) {
      laneYield()
      portUnsent(socket._slot)
      socket._put = drop
    }
  }
}
