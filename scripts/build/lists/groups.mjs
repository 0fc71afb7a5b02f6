// Which functions share one (passes/merge.mjs): those that the same packet needs. A call reads past the bodies that
// stand in front of its own, so what is short and called often comes first. What the lane calls for a message, and what
// a SUBSCRIBE does for each of its filters, stands in none. A board's bundle may lack some; what was moved to its only
// call is gone.

export const GROUPS = [
  // While the board starts.
  [
    'configurationRead',
    'accessRead',
    'configurationApply',
    'problemOf',
    'typeOf',
    'accessRuleAdd',
  ],
  // CONNECT.
  [
    'sessionFind',
    'identityStore',
    'sessionAdd',
    'willDiscard',
    'sessionUserChange',
    'clientAssign',
    'connectJudge',
  ],
  [
    'brokerAccept',
    'willStore',
    'sendConnack',
    'blockEnd',
    'refuse of handle_connect',
    'sendConnackRefusal',
    'sessionsMakeRoom',
  ],
  [
    'decodeConnect',
    'changeExpiry',
    'creditSet',
    'inboundRemove',
  ],
  // The end of connections and sessions, and what is retained.
  [
    'sessionEnd',
    'queueRemoveNext',
    'subscriptionRemove of walked/table',
    'sessionDisconnected',
    'willPublish',
    'inboundUnlink',
    'retainedWaitRemove of walked/table',
    'waitNext',
    'heldRelease',
  ],
  [
    'connectionClose',
    'makeRoom',
    'refusePacket',
    'portUnsent',
    'drop of session/queue',
    'wifiStart',
  ],
  [
    'topicMatches',
    'retainedMatches',
    'retainedTopicsSend',
    'retainedRemove',
    'retainedFind',
    'indexChain',
    'retainPublication',
    'retainedPump',
    'sendRetained',
  ],
  // SUBSCRIBE and UNSUBSCRIBE, packets that come in pieces.
  [
    'filterListBegin',
    'filterListFinish',
    'unsubscribeFilter',
    'streamFrom',
    'publishEnd of stream',
    'heldContinue',
  ],
  [
    'accessSubscribe',
    'filtersOverlap',
    'filterLevel',
    'utf8Walk',
  ],
  // Access lists.
  [
    'ruleIsFor',
    'ruleMatches',
    'patternIsFor',
    'levelHas',
    'reasonIsKnown',
  ],
  // Acknowledgements that the lane does not take.
  [
    'decodeAcknowledge',
    'findRow',
    'complete',
    'queueMessageRelease',
    'queueUnlink',
  ],
  // PUBLISH, with what is told to its publisher.
  [
    'decodePublish',
    'publishAnswer',
    'publicationPublish',
  ],
  [
    'portCopyIn',
    'filterListResume',
    'publishSetFlags',
    'publishSetTopic',
    'publishExpiresAt',
    'accessWrite',
    'clockUpdate',
  ],
  [
    'levelIs',
    'portIndexOf',
    'levelEnd',
    'topicNameIsValid',
  ],
  // Messages that are kept, and queues.
  [
    'messageTailStart',
    'messagePayloadStart',
    'messageEnd',
    'messageRetain',
  ],
  [
    'messageRelease',
    'messageReserve',
    'messageStore',
  ],
  [
    'recordIsWanted',
    'recordIsNamed',
    'messageRetainEnd',
  ],
  [
    'queueFind',
    'rowTake',
    'queueRestart',
    'messageHasExpired',
    'queuePacketIdentifierNext',
  ],
  [
    'queuePump',
    'queueAdd',
    'messageLoad',
    'sendNext',
    'publicationStore',
  ],
  // Messages in pieces.
  [
    'two of transfer_table',
    'twoSet',
    'heldSize',
    'transferSend',
    'transferContinue',
    'transferEnd',
    'sendLater',
  ],
  // A message that is larger than what is there of it.
  [
    'recordCommit',
    'messageFill',
    'recordFill',
    'persistTurns',
  ],
  // A sector of the records' flash: once for each 4 KB.
  [
    'sectorsSet',
    'flashIsErased',
    'flashEraseSector',
    'sectorErase',
    'sectorOpen',
    'placeFind',
    'gatherBegin',
  ],
  // Packets to write.
  [
    'packBegin',
    'writeTwoByteInteger',
    'writeField',
    'writeVariableByteInteger',
    'portPack',
    'sendPacked',
  ],
  [
    'sendShort',
    'sendControl',
    'sendAcknowledge',
    'portLog',
  ],
  // Short ones for what is seldom.
  [
    'countDropped',
    'sessionUserStart',
    'remainingLength',
    'publishResolve',
    'readSkipTo',
    'propertyHas',
    'portRandom',
    'isSysTopic',
    'readFail',
  ],
  [
    'identifierAt',
    'laneIsFree',
    'laneConfirms',
  ],
  // Receive rings.
  [
    'give',
    'rxTake',
    'rxRelease',
    'rxMove',
    'rxGive',
  ],
  // What the lane learns, and gives back to the broker.
  [
    'laneTarget',
    'laneKeep',
    'remember',
  ],
  // Properties of 5.0.
  [
    'propertyNumber',
    'readVariableByteInteger',
    'readValue',
    'propertyNext',
  ],
  [
    'propertiesBegin',
    'propertiesRead',
    'applicationPropertiesRead',
    'readReason',
  ],
  [
    'openBegin',
    'openEnd',
    'writeFourByteInteger',
    'variableByteIntegerSize',
  ],
  // The timer, once a second.
  [
    'clockTick',
    'brokerTick',
    'sysTick',
  ],
]

/** The same of extensions, by their folders. @type {Record<string, string[][]>} */
export const EXTENSION_GROUPS = {
  // While the bridge connects, and when it has lost the other broker.
  bridge: [['comeHere', 'goFromHere', 'leave', 'connectPacket', 'subscribeAll', 'onConnack']],
}
