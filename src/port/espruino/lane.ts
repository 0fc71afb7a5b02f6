// The express lane. A publisher repeats itself: the same topic, and payloads of a few lengths. So each socket keeps,
// by the length of a chunk, the heads of PUBLISH packets that the broker has delivered and the connections that got
// them; a chunk of that length that starts with such a head is one whole packet to the same topic, and is handed on
// without the broker. It is an optimisation of the broker's answer, never a second opinion: whatever is out of the
// ordinary goes to the broker, and any change of subscriptions, sessions or rights makes all entries void.
//
// This file is what is remembered; lane_send.ts what is done with it.
//
// Memory: ENTRIES_MAX entries of some 15 JsVars, LANE_INFLIGHT_MAX packets of up to LANE_PACKET_MAX bytes.
import {
  LANE_PACKET_MAX, laneBody, laneCount, laneHasProperties, laneHeard, laneIsBetween, laneKind, laneSlot, publishQos,
  publishRetain, publishTopicSize, retainedRowAgain, routeEpoch, sessionRowsUsed,
} from '../../feature/lane'
import { NONE, TABLES_FIT, fitted } from '../../limits'
import { remainingLength } from './bytes'
import { laneRetain } from './lane_retain'
import { PUBACK_SIZE, laneCopy, laneTurn } from './lane_send'
import { NOTHING, sockets } from './sockets'

/** Entries of all sockets together: each takes 27 variables. */
const ENTRIES_MAX = TABLES_FIT ? fitted(2, 24) : 24

/** Of a socket in the middle of a packet: how its next chunk starts says nothing. */
const NO_LANE = '' as unknown as Lane
export const NO_ENTRIES: LaneEntry[] = []
/** In the place of a socket, which takes 27 variables: a number takes none there. */
const NO_SOCKET = 0 as unknown as BoardSocket

let entryCount = 0
let epoch = 0
/** Bytes of packets to one topic that go out before somebody looks at the queues behind them. */
const SHARE_SIZE = 512

/** A connection has come. */
export function laneOpen(socket: BoardSocket): void {
  socket._heard = 0
  socket._acknowledgements = socket._lane = socket._kept = NOTHING
  socket._put = socket.write
}

/** After the broker has done something: entries of another epoch are void. */
export function laneCheck(): void {
  if (epoch === routeEpoch) return
  epoch = routeEpoch
  laneTally()
  entryCount = 0
  for (const socket of sockets) {
    if (socket && socket._lane) socket._lane = NOTHING
    if (socket) socket._kept = NOTHING
  }
}

/** Tells the broker what the lane has done since the last time, and lets go of sockets that are closed. */
export function laneTally(): void {
  sockets.forEach((socket, slot) => {
    // What one has sent that is closed counts as well.
    if (!socket) return
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
    socket._heard = 0
    if (socket._slot < 0) sockets[slot] = NO_SOCKET
    else if (heard) laneHeard(socket._slot)
  })
  // Whoever publishes to more topics than there are entries for takes turns.
  if (entryCount === ENTRIES_MAX) epoch = -1
}

/** After a chunk that the broker has handled: whether the next one starts a packet, and what to remember. */
export function laneLearn(socket: BoardSocket, data: string): void {
  const slot = socket._slot
  const wasWhole = socket._lane
  laneCheck()
  if (slot < 0) return
  const isWhole = laneIsBetween(slot)
  socket._lane = isWhole ? socket._kept : NO_LANE
  if (!wasWhole || !isWhole || laneBody < 0 || entryCount === ENTRIES_MAX) return
  const fixed = data.length < 130 ? 2 : 3
  if (laneBody === data.length - fixed) remember(socket, data, fixed, laneHasProperties(slot))
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
  for (let session = 0; session < sessionRowsUsed; session++) {
    const kind = laneKind(session)
    if (kind < 0) return
    const target = laneSlot(session)
    if (target < 0) continue
    lists[kind].push(sockets[target])
    copies++
  }
  // 5.0 hears that nobody got it.
  if (publishQos && !copies && (isNew || !publishRetain)) return
  if (publishRetain && retainedRowAgain < 0) return
  const groups: LaneGroup[] = []
  const sameKind = publishQos * 2 + (isNew ? 1 : 0)
  lists.forEach((targets, kind) => {
    if (kind === sameKind && !publishQos || !targets.length) return
    const qos = kind >> 1
    const properties = kind & 1 ? '\0' : ''
    const size = topic.length + qos * 2 + properties.length + data.length - payloadAt
    const head = kind === sameKind && !publishRetain ? '' : (qos ? '2' : '0') + remainingLength(size) + topic
    groups.push({ _head: head, _qos: qos, _properties: properties, _targets: targets })
  })
  const share = publishQos || groups.length ? 0 : SHARE_SIZE / data.length | 0
  // In the order in which the hot path reads them: the engine looks a field up in a list.
  const entry: LaneEntry = {
    _head: head,
    _left: share,
    _same: publishQos ? NO_ENTRIES as unknown as BoardSocket[] : lists[sameKind],
    _turn: publishRetain ? laneRetain : groups.length ? laneCopy : laneTurn,
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
  if (publishRetain) entry._row = retainedRowAgain
  kept.push(entry)
  if (socket._kept === NOTHING) socket._lane = socket._kept = {}
  socket._kept[data.length] = kept
  entryCount++
}
