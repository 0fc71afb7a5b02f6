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
  LANE_INFLIGHT_MAX, LANE_PACKET_MAX, connectionVersion, laneBody, laneCount, laneHasRoom, laneHeard, laneIsFree,
  laneIsIdle, laneKeep, laneKind, laneSlot, laneTarget, publishQos, publishTopicSize, routeEpoch, rxEnd, rxStart,
  streamLeft,
} from '../../broker/lane'
import { remainingLength } from './bytes'
import { sockets } from './sockets'

/** Entries of all sockets together. */
const ENTRIES_MAX = 24

/** The second bytes of the Packet Identifiers that the lane uses; the broker's own are lower for a long time. */
const IDENTIFIERS = '12345678'
/** The first of them, with the first byte of all. */
const IDENTIFIER_MIN = 0xff31
const PUBACK = '@\x02'
const PUBACK_SIZE = 4

/** Of a socket in the middle of a packet: how its next chunk starts says nothing. */
const NO_LANE: Lane = {}
export const NO_ENTRIES: LaneEntry[] = []

let entryCount = 0
let epoch = 0
/** Messages at QoS 1 that are under way, and that may still be sent; 0: to be asked. */
let inflight = 0
let room = 0
/** Which of IDENTIFIERS is used next. */
let turn = 0
/** Bytes of packets to one topic that go out before somebody looks at the queues behind them. */
const SHARE_SIZE = 512

/** A connection has come. */
export function laneOpen(socket: BoardSocket): void {
  socket._heard = 0
  socket._acknowledgements = {}
  socket._lane = socket._kept = {}
  socket._put = socket.write
}

/** Sends the copies that differ from what came. False: nothing was done, and the broker has to. */
export function laneCopy(socket: BoardSocket, data: string, entry: LaneEntry): boolean {
  const identifier = '\xff' + IDENTIFIERS[turn]
  const acknowledgement = PUBACK + identifier
  if (entry._qos && !canConfirm(socket, data, entry, acknowledgement)) return false
  const payload = data.substr(entry._payloadAt)
  for (const group of entry._groups as LaneGroup[]) {
    const packet = group._head + (group._qos ? identifier : '') + group._properties + payload
    for (const target of group._targets) {
      if (group._qos) target._acknowledgements[acknowledgement] = packet
      try {
        target._put(packet)
      } catch { /* It has gone; the broker will be told. */ }
    }
  }
  if (entry._qos) {
    const copies = entry._confirming.length
    inflight += copies
    room -= copies
    turn = (turn + 1) % LANE_INFLIGHT_MAX
    socket._put(PUBACK + data.substr(entry._identifierAt, 2))
  }
  return true
}

/** Whether a message can go out at QoS 1: nothing stands before it, and it could be given to the broker later. */
function canConfirm(socket: BoardSocket, data: string, entry: LaneEntry, acknowledgement: string): boolean {
  // Properties come with it.
  if (socket._waits || entry._isNew && data[entry._payloadAt - 1] !== '\0') return false
  if (room < 1 && !inflight && laneHasRoom()) room = LANE_INFLIGHT_MAX
  if (room < entry._confirming.length) return false
  for (const target of entry._confirming) {
    if (target._waits || target._acknowledgements[acknowledgement]) return false
    if (!laneIsFree(target._slot, IDENTIFIER_MIN + turn)) return false
  }
  return true
}

/** Whether a chunk is the PUBACK of a message that the lane has sent. */
export function laneAcknowledge(socket: BoardSocket, data: string): boolean {
  if (!inflight || socket._lane === NO_LANE || !data.startsWith(PUBACK) || !socket._acknowledgements[data]) return false
  socket._acknowledgements[data] = 0
  socket._heard++
  inflight--
  room++
  return true
}

/** Whether a chunk is a PUBACK that the broker may have while messages are under way. */
export function laneStays(socket: BoardSocket, data: string): boolean {
  return inflight > 0 && socket._lane !== NO_LANE && data.startsWith(PUBACK) && data.length === PUBACK_SIZE
    && laneIsIdle(socket._slot)
}

/** Before the broker does anything else: gives it what is under way, in the order in which it was sent. */
export function laneYield(): void {
  room = 0
  if (!inflight) return
  inflight = 0
  for (const socket of sockets) {
    for (let i = 0; socket && i < LANE_INFLIGHT_MAX; i++) {
      const acknowledgement = PUBACK + '\xff' + IDENTIFIERS[(turn + i) % LANE_INFLIGHT_MAX]
      const packet = socket._acknowledgements[acknowledgement]
      if (!packet) continue
      socket._acknowledgements[acknowledgement] = 0
      laneKeep(socket._slot, packet)
    }
  }
}

/** After the broker has done something: entries of another epoch are void. */
export function laneCheck(): void {
  if (epoch === routeEpoch) return
  epoch = routeEpoch
  laneTally()
  entryCount = 0
  for (const socket of sockets) {
    if (socket && socket._lane !== NO_LANE) socket._lane = {}
    if (socket) socket._kept = {}
  }
}

/** Tells the broker what the lane has done since the last time. */
export function laneTally(): void {
  for (const socket of sockets) {
    if (!socket || socket._slot < 0) continue
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
    if (heard) laneHeard(socket._slot)
    socket._heard = 0
  }
  // Whoever publishes to more topics than there are entries for takes turns.
  if (entryCount === ENTRIES_MAX) epoch = -1
}

/** After a chunk that the broker has handled: whether the next one starts a packet, and what to remember. */
export function laneLearn(socket: BoardSocket, data: string): void {
  const slot = socket._slot
  const wasWhole = socket._lane !== NO_LANE
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
  const sameKind = publishQos ? -1 : isNew ? 1 : 0
  lists.forEach((targets, kind) => {
    if (kind === sameKind || !targets.length) return
    const qos = kind >> 1
    const properties = kind & 1 ? '\0' : ''
    const size = topic.length + qos * 2 + properties.length + data.length - payloadAt
    const head = (qos ? '2' : '0') + remainingLength(size) + topic
    groups.push({ _head: head, _qos: qos, _properties: properties, _targets: targets })
  })
  const share = groups.length ? 0 : Math.floor(SHARE_SIZE / data.length)
  // In the order in which the hot path reads them: the engine looks a field up in a list.
  const entry: LaneEntry = {
    _head: head,
    _left: share,
    _same: sameKind < 0 ? NO_ENTRIES as unknown as BoardSocket[] : lists[sameKind],
    _groups: groups.length ? groups : 0,
    _share: share,
    _uses: 0,
    _size: data.length,
    _confirming: lists[2].concat(lists[3]),
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
