// PUBLISH packets of one topic and one QoS that stand one behind the other in a chunk. The first one goes its way:
// whether its client may publish it, and to whom it goes, holds for those behind it. They are handed on as one range,
// copied once for each target: what comes is what leaves, but for Packet Identifiers, which are written over in place.
// The acknowledgements then stand in the place of the packets.
//
// A run is taken only where one by one would do the same: nothing of it is retained, has properties, an alias or a
// Subscription Identifier, or is kept in records; every target is here, speaks the publisher's version and has room for
// it. It is cut where that ends, and what follows goes its way again.
import { portCopy, portPack } from 'runtime'
import { messageRelease, messageReserve, messageRetain, messageStart } from 'messages/message_table'
import { controlRoom, sendControls, sendPacked } from '../broker/connection/send'
import {
  MESSAGES_RECEIVED, MESSAGES_SENT, PUBLISH_BYTES_RECEIVED, PUBLISH_BYTES_SENT, PUBLISH_RECEIVED, PUBLISH_SENT,
  countMore, countTraffic,
} from '../broker/counters'
import { nowMs } from '../broker/clock'
import { SETTING_PAYLOAD_SIZE, SETTING_RECEIVE_MAXIMUM, settings } from '../broker/settings'
import { PUBACK, PUBREC } from '../codec/packet_type'
import { FEATURE_RUNS, INBOUND_MAX, POOL_BLOCKS_RESERVED, newRows } from '../limits'
import { memory } from '../memory'
import { connectionSession, connectionVersion, rxEnd, rxStart } from '../store/connection_table'
import { queuePacketIdentifierNext } from '../store/queue_identifiers'
import { QUEUE_SENT } from '../store/queue_flags'
import {
  inboundAdd, inboundFind, inboundHereCount, queueAdd, queueBytes, queueFlags, queueHasRoom, queueNext,
  queuePacketIdentifier, queueSince,
} from '../store/queue_table'
import { recordsAreKept } from '../store/record'
import {
  sessionInboundCount, sessionInflightBytes, sessionInflightCount, sessionPacketIdentifier, sessionQueueNext,
  sessionRecord, sessionSlot,
} from '../store/session_table'
import { runBytesMax, runCountMax, runSession, runSizeMax, runTargetsFind } from '../subscriptions/indexed/run_targets'
import { ACKNOWLEDGE_SIZE } from './acknowledge_run'
import {
  RUN_MAX, runBegin, runEnd, runFind, runForget, runHeadSize, runIsPublished, runPayloadSize, runQos, runTail,
  runTopicSize,
} from './run_packets'
import type { Column, Message, Offset, Session, Slot } from '../kinds'

/** By packet of the run: its message, and the Packet Identifier that it came with. */
const messages: Column<number, Message> = newRows(FEATURE_RUNS ? RUN_MAX : 0)
const identifiers = new Uint16Array(FEATURE_RUNS ? RUN_MAX : 0)

/** Takes what follows the PUBLISH that started at `start` and was handled. */
export function publishRunTake(slot: Slot, start: Offset): void {
  const isNew = connectionVersion[slot] > 4
  const first = rxStart[slot]
  if (!runIsPublished || !runBegin(start, first, isNew)) return
  const targets = runTargetsFind(slot, runQos)
  // An answer that says more than that it came is no run's.
  if (targets < 0 || runQos && isNew && !targets) return
  const most = runQos ? Math.min(RUN_MAX, runCountMax, controlRoom(slot, ACKNOWLEDGE_SIZE) / ACKNOWLEDGE_SIZE) : RUN_MAX
  const payloadMax = settings[SETTING_PAYLOAD_SIZE] || Infinity
  let count = runFind(first, Math.min(rxEnd[slot], first + runBytesMax), most | 0, runSizeMax, payloadMax)
  if (runQos) count = exchangesBegin(slot, targets, count, isNew)
  if (!count) return
  const end = runEnd[count - 1]
  rxStart[slot] = end
  countMore(MESSAGES_RECEIVED, count)
  countTraffic(PUBLISH_RECEIVED, count)
  countTraffic(PUBLISH_BYTES_RECEIVED, runPayloadSize)
  for (let target = 0; target < targets; target++) {
    if (runQos) exchangesQueue(runSession[target], count)
    rangeSend(sessionSlot[runSession[target]], first, end, count)
  }
  if (runQos) exchangesEnd(slot, targets, first, count)
}

/** The copies of a run to one connection. */
function rangeSend(slot: Slot, start: Offset, end: Offset, count: number): void {
  sendPacked(slot, portPack(start, end, 0), end - start)
  countMore(MESSAGES_SENT, count)
  countTraffic(PUBLISH_SENT, count)
  countTraffic(PUBLISH_BYTES_SENT, runPayloadSize)
}

/** Stores the messages of a run, and begins their exchanges at QoS 2. Answers how many there is room for. */
function exchangesBegin(slot: Slot, targets: number, count: number, isNew: boolean): number {
  const session = connectionSession[slot]
  // A row for each copy, and one for each exchange.
  if (!queueHasRoom(count * (targets + 1)) || runQos > 1 && recordsAreKept && sessionRecord[session]) return 0
  let begun = 0
  while (begun < count && exchangeBegin(session, targets, begun, isNew)) begun++
  for (let packet = begun; packet < count; packet++) runForget(packet)
  return begun
}

function exchangeBegin(session: Session, targets: number, packet: number, isNew: boolean): boolean {
  const tail = runTail[packet]
  const identifier = memory[tail] << 8 | memory[tail + 1]
  if (runQos > 1 && (inboundFind(session, identifier) >= 0 || sessionInboundCount[session] >= INBOUND_MAX
    || isNew && inboundHereCount >= settings[SETTING_RECEIVE_MAXIMUM])) return false
  if (targets) {
    const payload = tail + runHeadSize
    const payloadSize = runEnd[packet] - payload
    const message = messageReserve(runTopicSize, 0, payloadSize, runQos << 1, 0, POOL_BLOCKS_RESERVED)
    if (message < 0) return false
    const start = messageStart(message)
    portCopy(start, tail - runTopicSize, runTopicSize)
    portCopy(start + runTopicSize, payload, payloadSize)
    messages[packet] = message
  }
  if (runQos > 1) inboundAdd(session, identifier)
  identifiers[packet] = identifier
  return true
}

/** The messages of a run are on their way to a session, whose Packet Identifiers they have from here on. */
function exchangesQueue(session: Session, count: number): void {
  for (let packet = 0; packet < count; packet++) {
    const message = messages[packet]
    messageRetain(message)
    const row = queueAdd(session, message, runQos << 1)
    const identifier = queuePacketIdentifierNext(session)
    queueSince[row] = nowMs
    queueFlags[row] |= QUEUE_SENT
    queuePacketIdentifier[row] = sessionPacketIdentifier[session] = identifier
    sessionInflightCount[session]++
    sessionInflightBytes[session] += queueBytes[row]
    sessionQueueNext[session] = queueNext[row]
    const tail = runTail[packet]
    memory[tail] = identifier >> 8
    memory[tail + 1] = identifier
  }
}

/** Everybody has the run: lets its messages go, and acknowledges them where they stood. */
function exchangesEnd(slot: Slot, targets: number, start: Offset, count: number): void {
  const first = (runQos > 1 ? PUBREC : PUBACK) << 4
  let at = start
  for (let packet = 0; packet < count; packet++) {
    if (targets) messageRelease(messages[packet])
    memory[at++] = first
    memory[at++] = 2
    memory[at++] = identifiers[packet] >> 8
    memory[at++] = identifiers[packet]
  }
  sendControls(slot, start, at, count)
}
