// Bugs of what outlives the power: test/records/cuts.ts looks for them, between any two changes of a board's store.

export const RECORDS = [
  {
    name: 'a session that is over is there again, without what it owned',
    file: 'src/broker/session/session.ts',
    from: '  if (FEATURE_RECORDS) recordForget(sessionRecord, session)\n', to: '',
  },
  {
    name: 'a message that was acknowledged is queued again',
    file: 'src/store/queue_table.ts', from: '  if (FEATURE_RECORDS) recordForget(queueRecord, row)\n', to: '',
  },
  {
    name: 'a subscription that was ended is there again',
    file: 'src/subscriptions/indexed/table.ts',
    from: '  if (FEATURE_RECORDS) recordForget(subscriptionRecord, row)\n', to: '',
  },
  {
    name: 'a subscription has the options that it had first',
    file: 'src/records/subscription_record.ts',
    from: '  if (!recordsAreKept || !sessionRecord[session] && !(RECORDS_MAPPED && !former)) return true\n',
    to: '  if (!recordsAreKept || !sessionRecord[session] || former) return true\n',
  },
  {
    name: 'what was in flight has another Packet Identifier',
    file: 'src/records/queue_restore.ts',
    from: 'queuePacketIdentifier[row] = packetIdentifier\n', to: 'queuePacketIdentifier[row] = packetIdentifier + 1\n',
  },
  {
    name: 'a message of QoS 2 that was released comes a second time',
    file: 'src/records/queue_record.ts', from: '  recordMark(queueRecord, row, MARK_RELEASED)\n', to: '',
  },
  {
    name: 'the exchange that a message of QoS 2 came by is not noted',
    file: 'src/records/inbound_record.ts',
    from: '  queueRecord[row] = portRecordAdd(RECORD_INBOUND, RECORD_HEAD_AT, INBOUND_SIZE, 0, 0)\n', to: '',
  },
  {
    name: 'a retained message that was deleted is there again',
    file: 'src/messages/columns/message_table.ts',
    from: '  if (FEATURE_RECORDS) recordForget(messageRecord, row)\n', to: '',
  },
  {
    name: 'a subscription whose retained messages wait forgets them',
    file: 'src/broker/subscribe/handle_subscribe.ts',
    from: '    if (FEATURE_RECORDS) subscriptionsWait(connectionSession[slot])\n', to: '',
  },
].map(mutation => ({ ...mutation, board: 'test', isOfRecords: true }))
