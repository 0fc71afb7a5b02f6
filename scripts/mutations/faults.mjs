// Faults that strangers and the fuzzer have found, put back: more of list.mjs.
export const FAULTS = [
  {
    name: 'rules are asked before a Topic Name is judged',
    isFuzz: true,
    file: 'src/broker/publish/handle_publish.ts', from: 'return NOT_AUTHORIZED | UNROUTED', to: 'return NOT_AUTHORIZED',
  },
  {
    name: 'a message that comes again is answered before its Topic Name is judged',
    isFuzz: true,
    file: 'src/broker/publish/handle_publish.ts',
    from: 'exchangeAgain(slot, version, packetIdentifier, UNROUTED)',
    to: 'exchangeAgain(slot, version, packetIdentifier, SUCCESS)',
  },
  {
    name: 'the byte behind a PUBLISH is taken for its Property Length',
    isFuzz: true,
    file: 'src/codec/publish.ts', from: 'if (readRest() && !memory[readAt])', to: 'if (!memory[readAt] && !readError)',
  },
  {
    name: 'a rule that denies a part of a filter denies it all',
    isFuzz: true,
    file: 'src/broker/access/access.ts', from: 'if (covers && memory[start + size - 1] === HASH)',
    to: 'if (covers && size > 65_000 && memory[start + size - 1] === HASH)',
  },
  {
    name: 'what a client is sent counts as its answers',
    file: 'src/broker/connection/send.ts', from: 'if (HAS_LARGE) connectionControl[slot] += size\n',
    to: 'connectionControl[slot] = connectionTransmit[slot]\n',
  },
  {
    name: 'what is small is dropped behind what is large',
    file: 'src/broker/connection/send.ts',
    from: 'TX_CREDIT_SIZE + (LARGE_AT_ONCE ? connectionLarge[slot] : 0)', to: 'TX_CREDIT_SIZE',
  },
  {
    name: 'the quota of QoS 2 counts what connections before have left open',
    file: 'src/broker/publish/handle_publish.ts', from: '!isOpen && inboundHereCount >=',
    to: '!isOpen && sessionInboundCount[session] >=',
  },
  {
    name: 'all filters beyond the first shapes of a client are refused',
    file: 'src/subscriptions/indexed/filter_walked.ts', from: 'sessionWalkedCount[session] < FILTERS_WALKED_CLIENT_MAX',
    to: 'sessionWalkedCount[session] < 0',
  },
  {
    name: 'the name of a certificate is the one that the client gives',
    file: 'src/broker/session/session_open.ts',
    from: '  portCopyIn(bytes, 0, userStart, userSize)\n', to: '  userSize = bytes.length - 1\n',
  },
  {
    name: 'a group gives a message to a member that may not read it',
    file: 'src/feature/shared_subscription.ts',
    from: '!(FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, topicStart, topicSize))', to: 'session >= 0',
  },
  {
    name: 'retained messages are sent to whoever subscribes',
    file: 'src/broker/publish/retained_message.ts', from: 'if (FEATURE_ACCESS && !accessAllows(',
    to: 'if (!FEATURE_ACCESS && !accessAllows(',
  },
  {
    name: '3.1 is told of a session that goes on',
    file: 'src/broker/connection/connack.ts',
    from: 'isPresent && (!FEATURE_MQTT31 || connectVersion > 3)', to: 'isPresent',
  },
  {
    name: 'names in rules are put together where a packet is packed',
    file: 'src/broker/access/access_pattern.ts',
    from: 'function percentFind(start: Offset, end: Offset): number {\n',
    to: 'import { portCopy } from \'runtime\'\nimport { PACK_AT } from \'../../limits\'\n'
      + 'function percentFind(start: Offset, end: Offset): number {\n  portCopy(PACK_AT, start, end - start)\n',
  },
  {
    name: 'a rule that everybody has is for nobody with a name',
    file: 'src/broker/access/access.ts', from: '  if (kind === RULE_PATTERN) return true\n',
    to: '  if (kind === RULE_PATTERN) return sessionUserSize[session] < 0\n',
  },
  {
    name: 'a refused client leaves the session to itself',
    file: 'src/broker/session/session_open.ts', from: 'sessionUserSettle(session, identity, size, refusal > 0)',
    to: 'sessionUserSettle(session, identity, size, refusal < 0)',
  },
  {
    name: 'what is queued is sent to another user of the session',
    file: 'src/broker/session/queue.ts', from: '  if (FEATURE_ACCESS && row !== freshRow\n',
    to: '  if (FEATURE_ACCESS && session < 0\n',
  },
  {
    name: 'bytes of a packet that is not whole are no life',
    file: 'src/broker/broker.ts', from: 'if (connectionState[slot] === CONNECTED && !(FEATURE_WAIT',
    to: 'if (slot < 0 && !(FEATURE_WAIT',
  },
  {
    name: 'a bridge with the bit of its level is answered as 5.0',
    isFuzz: true,
    file: 'src/codec/connect.ts', from: 'level > 4 && level < 0x80 ? 5 : 4', to: 'level > 4 ? 5 : 4',
  },
  {
    name: 'what a client may not say is taken for an acknowledgement',
    isFuzz: true,
    file: 'src/codec/acknowledge.ts', from: 'if (acknowledgeReasonCode && !reasonIsKnown(acknowledgeReasonCode))',
    to: 'if (readError)',
  },
  {
    name: '3.1 may not say that a packet comes again',
    isFuzz: true,
    file: 'src/broker/receive.ts', from: 'frameType && connectionVersion[slot] === 3',
    to: 'frameType && connectionVersion[slot] === 2',
  },
  {
    name: 'DUP of a publisher is handed on',
    board: 'esp32',
    file: 'src/feature/lane.ts', from: 'isRetained || !(frameFlags & ~QOS_1)', to: 'isRetained || !(frameFlags & 5)',
  },
  {
    name: 'any DISCONNECT discards the Will',
    file: 'src/broker/connection/handle_disconnect.ts', from: 'if (FEATURE_WILL && !acknowledgeReasonCode)',
    to: 'if (FEATURE_WILL && acknowledgeReasonCode !== 4)',
    isFuzz: true,
  },
  {
    name: 'a session of a user makes room for a client without one',
    board: 'test',
    file: 'src/broker/session/session.ts', from: '&& !(hasUser && rank < HAS_MESSAGES)) rank = STAYS',
    to: '&& rank < 0) rank = STAYS',
  },
  {
    name: 'whoever is away for the shortest time makes room',
    board: 'test',
    file: 'src/broker/session/session.ts', from: 'rank += sessionExpiresAt[session] -',
    to: 'rank -= sessionExpiresAt[session] -',
  },
  {
    name: 'a packet that was held keeps its place in the pool',
    board: 'esp32',
    file: 'src/feature/held_packet.ts', from: '  poolFree(start, size)\n', to: '',
  },
  {
    name: 'a rule that begins with a wildcard opens what begins with $',
    file: 'src/broker/access/access.ts', from: 'if (topicIsHidden(at) !== topicIsHidden(start)) return false',
    to: 'if (topicIsHidden(at) && !topicIsHidden(start)) return false',
  },
]
