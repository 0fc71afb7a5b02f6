// The express lane. A publisher repeats itself: the same topic, and payloads of a few lengths. So each socket keeps,
// by the length of a chunk, the heads of PUBLISH packets that the broker has delivered and the connections that got
// them; a chunk of that length that starts with such a head is one whole packet to the same topic, and is handed on
// without the broker. It is an optimisation of the broker's answer, never a second opinion: whatever is out of the
// ordinary goes to the broker, and any change of subscriptions, sessions or rights makes all entries void.
//
// What is sent at QoS 1 is kept here until it is acknowledged, and given to the broker (laneKeep) before the broker
// does anything else; there is always room for it (laneHasRoom).
//
// Memory: ENTRIES_MAX entries of some 15 JsVars, LANE_INFLIGHT_MAX packets of up to LANE_PACKET_MAX bytes.
import {
  LANE_INFLIGHT_MAX, LANE_PACKET_MAX, connectionVersion, laneBody, laneConfirms, laneCount, laneHasRoom, laneHeard,
  laneIsEmpty, laneIsFree, laneKeep, laneKind, laneSlot, laneTarget, publishQos, publishTopicSize, routeEpoch, rxEnd,
  rxStart, streamLeft,
} from '../../broker/lane'
import { NONE } from '../../limits'
import { laneSent, queuesLook } from './backlog'
import { remainingLength } from './bytes'
import { sockets } from './sockets'

/** Entries of all sockets together. */
const ENTRIES_MAX = 24

const PUBACK = '@\x02'
const PUBACK_SIZE = 4

/** Of a socket in the middle of a packet: how its next chunk starts says nothing. */
const NO_LANE = '' as unknown as Lane
export const NO_ENTRIES: LaneEntry[] = []

let entryCount = 0
let epoch = 0
/** Messages at QoS 1 that may still be sent, of LANE_INFLIGHT_MAX; NONE: to be asked. */
let room = NONE
/** Goes up whenever the broker may do something: what was found out about queues in another period is void. */
let period = 0
/** Bytes of packets to one topic that go out before somebody looks at the queues behind them. */
const SHARE_SIZE = 512

/** A connection has come. */
export function laneOpen(socket: BoardSocket): void {
  socket._heard = 0
  socket._acknowledgements = {}
  socket._lane = socket._kept = {}
  socket._put = socket.write
}

/** What is not done each time: counting, and a look at the queues. */
function laneTurn(this: LaneEntry): boolean {
  this._left = this._share
  this._uses += this._share + 1
  queuesLook(this._same)
  return true
}

/**
 * Sends copies that differ from what came, and copies at QoS 1, which have the publisher's Packet Identifier where the
 * subscriber has none like it under way. False: nothing was done, and the broker has to.
 */
function laneCopy(this: LaneEntry, socket: BoardSocket, data: string): boolean {
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
  if (!this._groups[0]._qos) laneSent(this._size)
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
    socket._acknowledgements = {}
  }
}

/** After the broker has done something: entries of another epoch are void. */
export function laneCheck(): void {
  if (epoch === routeEpoch) return
  epoch = routeEpoch
  laneTally()
  entryCount = 0
  for (const socket of sockets) {
    if (socket && socket._lane) socket._lane = {}
    if (socket) socket._kept = {}
  }
}

/** Tells the broker what the lane has done since the last time. */
export function laneTally(): void {
  for (const socket of sockets) {
    // What one has sent that is closed counts as well.
    if (!socket) continue
    let heard = socket._heard
    laneCount(heard, 0, 0, PUBACK_SIZE)
    for (const size in socket._kept) {
      for (const entry of socket._kept[size]) {
        const uses = entry._uses + entry._share - entry._left
        heard += uses
        laneCount(uses, entry._copies, entry._qos, entry._size)
        entry._uses = 0
        entry._left = entry._share
      }
    }
    if (heard && socket._slot >= 0) laneHeard(socket._slot)
    socket._heard = 0
  }
  // Whoever publishes to more topics than there are entries for takes turns.
  if (entryCount === ENTRIES_MAX) epoch = -1
}

/** After a chunk that the broker has handled: whether the next one starts a packet, and what to remember. */
export function laneLearn(socket: BoardSocket, data: string): void {
  const slot = socket._slot
  const wasWhole = socket._lane
  laneCheck()
  if (slot < 0) return
  const isWhole = rxStart[slot] === rxEnd[slot] && !streamLeft[slot]
  socket._lane = isWhole ? socket._kept : NO_LANE
  const fixed = data.length < 130 ? 2 : 3
  if (!wasWhole || !isWhole || entryCount === ENTRIES_MAX || laneBody !== data.length - fixed) return
  remember(socket, data, fixed, connectionVersion[slot] > 4)
}

function remember(socket: BoardSocket, data: string, fixed: number, isNew: boolean): void {
  const topicEnd = fixed + 2 + publishTopicSize
  const topic = data.substr(fixed, 2 + publishTopicSize)
  const payloadAt = topicEnd + publishQos * 2 + (isNew ? 1 : 0)
  const head = data.substr(0, publishQos ? topicEnd : payloadAt)
  const lists: BoardSocket[][] = [[], [], [], []]
  let copies = 0
  if (publishQos && data.length > LANE_PACKET_MAX) return
  // An entry that could not be used this time.
  const kept = socket._kept[data.length] || []
  for (const entry of kept) if (entry._head === head) return
  for (let session = laneTarget(0); session >= 0; session = laneTarget(session + 1)) {
    const kind = laneKind(session)
    if (kind < 0) return
    if (laneSlot(session) < 0) continue
    lists[kind].push(sockets[laneSlot(session)])
    copies++
  }
  // 5.0 hears that nobody got it.
  if (publishQos && !copies) return
  const groups: LaneGroup[] = []
  const sameKind = publishQos * 2 + (isNew ? 1 : 0)
  lists.forEach((targets, kind) => {
    if (kind === sameKind && !publishQos || !targets.length) return
    const qos = kind >> 1
    const properties = kind & 1 ? '\0' : ''
    const size = topic.length + qos * 2 + properties.length + data.length - payloadAt
    const head = kind === sameKind ? '' : (qos ? '2' : '0') + remainingLength(size) + topic
    groups.push({ _head: head, _qos: qos, _properties: properties, _targets: targets })
  })
  const share = groups.length ? 0 : SHARE_SIZE / data.length | 0
  // In the order in which the hot path reads them: the engine looks a field up in a list.
  const entry: LaneEntry = {
    _head: head,
    _left: share,
    _same: publishQos ? NO_ENTRIES as unknown as BoardSocket[] : lists[sameKind],
    _turn: groups.length ? laneCopy : laneTurn,
    _groups: groups,
    _share: share,
    _uses: 0,
    _size: data.length,
    _confirming: lists[2].concat(lists[3]),
    _period: NONE,
    _payloadAt: payloadAt,
    _identifierAt: topicEnd,
    _isNew: isNew,
    _qos: publishQos,
    _copies: copies,
  }
  kept.push(entry)
  socket._kept[data.length] = kept
  entryCount++
}
