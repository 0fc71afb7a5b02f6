// Deliberate bugs, each in one place of the sources: `from` stands there once, and `to` takes its place. A simulation
// that misses one of them would miss a mistake like it.
import { FAULTS } from './faults.mjs'
import { RECORDS } from './records.mjs'
import { STORE } from './store.mjs'
import { TABLES_MUTATIONS } from './tables.mjs'

export const MUTATIONS = [
  {
    name: 'a message that is sent again does not say so',
    file: 'src/broker/session/queue.ts', from: '(isRepeated ? DUPLICATE : 0)', to: '(isRepeated ? 0 : 0)',
  },
  {
    name: 'a message that is sent again has another Packet Identifier',
    file: 'src/broker/session/queue.ts',
    from: 'isGiven ? queuePacketIdentifier[row] : queuePacketIdentifierNext(session)',
    to: 'queuePacketIdentifierNext(session)',
  },
  {
    name: 'one more in flight than Receive Maximum permits',
    file: 'src/broker/session/queue.ts', from: 'sessionInflightCount[session] >= window',
    to: 'sessionInflightCount[session] > window',
  },
  {
    name: 'PUBREL is not sent again when a session goes on',
    file: 'src/broker/session/queue.ts', from: 'sendAcknowledge(slot, PUBREL, queuePacketIdentifier[row], SUCCESS)',
    to: 'queuePacketIdentifier[row] = queuePacketIdentifier[row]',
  },
  {
    name: 'what has expired is sent',
    file: 'src/broker/session/queue.ts', from: 'clockUpdate() >= messageExpiresAt(message)',
    to: 'clockUpdate() >= messageExpiresAt(message) + 600_000',
  },
  {
    name: 'what was queued for another user is sent to whoever has the session now',
    file: 'src/broker/session/queue.ts', from: '&& !accessAllows(session, ACCESS_READ, messageStart(message)',
    to: '&& session < 0 && !accessAllows(session, ACCESS_READ, messageStart(message)',
  },
  {
    name: 'nothing follows an acknowledgement',
    file: 'src/broker/session/handle_acknowledge.ts', from: '  queuePump(session)\n', to: '',
  },
  {
    name: 'PUBREC completes the exchange',
    file: 'src/broker/session/handle_acknowledge.ts', from: 'isFound && acknowledgeReasonCode >= 0x80', to: 'isFound',
  },
  {
    name: 'a message of QoS 2 is forgotten at PUBREC, and with it the PUBREL that a new connection needs',
    file: 'src/broker/session/handle_acknowledge.ts',
    from: 'queueFlags[row] |= QUEUE_RELEASED', to: 'queueFlags[row] |= 0',
  },
  {
    name: 'a Packet Identifier of QoS 2 is never released',
    file: 'src/store/queue_table.ts',
    from: '  inboundUnlink(session, TABLES_GROW ? inboundBefore[row] : before, row)\n', to: '',
  },
  {
    name: 'a message of QoS 2 that comes again is another one',
    file: 'src/broker/publish/handle_publish.ts', from: 'const row = inboundFind(session, packetIdentifier)',
    to: 'const row = packetIdentifier > 65_000 ? inboundFind(session, packetIdentifier) : -1',
  },
  {
    name: 'DISCONNECT does not discard the Will',
    file: 'src/broker/session/session.ts', from: 'if (isWillDiscarded) willDiscard(session)',
    to: 'if (isWillDiscarded && !session) willDiscard(session)',
  },
  {
    name: 'the Will is forgotten when the session ends at once',
    file: 'src/broker/session/session.ts', from: 'if (FEATURE_WILL) willPublish(session)',
    to: 'if (FEATURE_WILL) willDiscard(session)',
  },
  {
    name: 'the Will Delay is ten times as long',
    file: 'src/broker/session/will.ts',
    from: 'sessionWillDelay[session] * 1_000', to: 'sessionWillDelay[session] * 10_000',
  },
  {
    name: 'the Will is published though the client is back',
    file: 'src/broker/session/will.ts', from: '  willDiscard(session)\n  if (!hasWill)',
    to: '  willPublish(session)\n  if (!hasWill)',
  },
  {
    name: 'the Will is not retained',
    file: 'src/broker/session/will.ts', from: '(connectWillRetain ? 1 : 0)', to: '0',
  },
  {
    name: 'a session outlives its expiry',
    file: 'src/broker/session/session.ts', from: 'sessionExpiresAt[session] = nowMs + sessionExpiry[session] * 1_000',
    to: 'sessionExpiresAt[session] = nowMs + sessionExpiry[session] * 2_000',
  },
  {
    name: 'what was in flight is forgotten when the connection ends',
    file: 'src/broker/session/session.ts', from: '  queueRestart(session)\n  if', to: '  if',
  },
  {
    name: 'Clean Start keeps the session',
    file: 'src/broker/session/session_open.ts', from: 'session >= 0 && !connectCleanStart &&', to: 'session >= 0 &&',
  },
  {
    name: 'a take-over leaves the former connection as it is',
    file: 'src/broker/session/session_open.ts', from: '    connectionClose(sessionSlot[session], SESSION_TAKEN_OVER)',
    to: '    sessionSlot[session] = -1',
  },
  {
    name: 'Keep Alive is waited for twice as long',
    file: 'src/broker/session/session_open.ts', from: 'keepAlive * 1_500', to: 'keepAlive * 2_000',
  },
  {
    name: 'a silent connection is never closed',
    file: 'src/broker/broker.ts', from: 'connectionClose(slot, KEEP_ALIVE_TIMEOUT)', to: 'connectionFlags[slot] |= 0',
  },
  {
    name: 'the route cache does not notice a subscription',
    file: 'src/broker/subscribe/subscribe.ts', from: '  routesChanged()\n', to: '',
  },
  {
    name: 'the route cache compares a topic by its size alone',
    board: 'test',
    file: 'src/subscriptions/indexed/route_cache.ts',
    from: 'hashes[row] === missedHash && topicSize[row] === size\n    && portEqual(topicStart[row], start, size)',
    to: 'topicSize[row] === size',
  },
  {
    name: 'a filter that has no shape is not looked at',
    board: 'test',
    file: 'src/subscriptions/indexed/route.ts', from: 'row < walkedCount', to: 'row < 0',
  },
  {
    name: 'No Local is ignored',
    file: 'src/subscriptions/indexed/deliver.ts', from: 'options & NO_LOCAL && session === publicationSession',
    to: 'options & NO_LOCAL && session < -1',
  },
  {
    name: 'RETAIN is passed on to everybody',
    file: 'src/broker/publish/deliver_copy.ts',
    from: 'FEATURE_MQTT5 && options & RETAIN_AS_PUBLISHED ? publishRetain : 0',
    to: 'publishRetain',
  },
  {
    name: 'a copy has the QoS of the publisher',
    file: 'src/broker/publish/deliver_copy.ts', from: 'Math.min(options & 3, publishQos)', to: 'publishQos',
  },
  {
    name: 'an empty payload is retained',
    file: 'src/broker/publish/publication.ts', from: 'if (row >= 0) retainedRemove(row)\n', to: '',
  },
  {
    name: 'a retained message never replaces another',
    file: 'src/broker/publish/publication.ts', from: '  retainedSet(row, publicationMessage)\n',
    to: '  if (row < 0) retainedSet(row, publicationMessage)\n',
  },
  {
    name: 'a + in a new subscription stands for one retained topic',
    file: 'src/subscriptions/indexed/retained_walk.ts',
    from: 'isOpen(nodeDepth[parent]) && nodeNext[node] >= 0',
    to: 'nodeDepth[parent] >= openFrom && nodeNext[node] >= 0',
  },
  {
    name: 'where retained topics part, the longer one is not found any more',
    file: 'src/subscriptions/indexed/retained_index.ts',
    from: '  chainAdd(child, hashOf(node, start, levelEnd(start, topic + nodeEnd[child]) - start))\n',
    to: '  hashes[child] = 0\n  indexAdd(heads, chainNext, child, 0)\n',
  },
  {
    name: 'Retain Handling 1 is taken for 0',
    file: 'src/broker/subscribe/subscribe.ts', from: 'handling < 2 && isNew', to: 'handling < 2',
  },
  {
    name: 'the packet in the ring is lost when another fragment comes',
    file: 'src/store/rx_ring.ts', from: '  rxEnd[slot] = base + held\n', to: '  rxEnd[slot] = base + held - 1\n',
  },
  {
    name: 'a ring that wraps moves one byte too few',
    board: 'test',
    file: 'src/store/rx_ring.ts', from: 'portCopy(base, rxStart[slot], rest)',
    to: 'portCopy(base, rxStart[slot], rest - 1)',
  },
  {
    name: 'a full queue takes one message more',
    board: 'test',
    file: 'src/broker/publish/deliver_copy.ts', from: 'sessionQueueCount[session] >= queueMax()) return',
    to: 'sessionQueueCount[session] > queueMax() + 40) return',
  },
  {
    name: 'what cannot be kept is acknowledged',
    board: 'test',
    file: 'src/broker/publish/publication.ts', from: '    return QUOTA_EXCEEDED\n  }', to: '    return SUCCESS\n  }',
  },
  {
    name: 'a message that nobody has any more keeps its memory',
    board: 'test',
    file: 'src/messages/columns/message_table.ts',
    from: '  poolFree(starts[row], FEATURE_SPOOL ? messageRoom(row) : size)\n', to: '',
  },
  {
    name: 'a subscription that has ended still counts',
    file: 'src/subscriptions/indexed/table.ts', from: '  subscriptionCountAdd(-1)\n', to: '',
  },
  {
    name: 'a retained message that was removed still counts',
    file: 'src/messages/columns/retained_table.ts', from: '  retainedCount--\n', to: '',
  },
  {
    name: 'the express lane hands on to subscribers that have gone',
    board: 'esp32',
    file: 'src/port/espruino/lane.ts',
    from: '  if (epoch === routeEpoch) return\n', to: '  if (epoch === routeEpoch || entryCount) return\n',
  },
  {
    name: 'the express lane does not say whom it has heard',
    board: 'esp32',
    file: 'src/port/espruino/lane.ts',
    from: '    else if (heard) laneHeard(socket._slot)\n', to: '',
  },
  {
    name: 'the express lane counts twice',
    board: 'esp32',
    file: 'src/port/espruino/lane.ts', from: '        entry._uses = 0\n', to: '',
  },
  {
    name: 'the express lane forgets what is under way when its reader goes',
    board: 'esp32',
    file: 'src/port/espruino/lane_send.ts',
    from: '      laneKeep(socket._slot', to: '      if (period < 0) laneKeep(socket._slot',
  },
  {
    name: 'the express lane takes a Packet Identifier that is under way',
    board: 'esp32',
    file: 'src/port/espruino/lane_send.ts',
    from: 'if (target._acknowledgements[acknowledgement]) return false',
    to: 'if (target._acknowledgements[acknowledgement] && !this._groups) return false',
  },
  ...FAULTS,
  ...RECORDS,
  ...STORE,
  ...TABLES_MUTATIONS,
]
