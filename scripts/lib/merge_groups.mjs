// Which functions share one: what a board seldom calls, together with what is called by the same packet. What every
// PUBLISH calls stands in none. A board's bundle may lack some; what was moved to its only call is gone.

export const GROUPS = [
  // While the board starts.
  ['configurationRead', 'accessRead', 'configurationApply', 'problemOf', 'typeOf', 'accessRuleAdd', 'wifiStart'],
  // CONNECT.
  ['sessionFind', 'identityStore', 'sessionAdd', 'authenticate', 'willDiscard', 'sessionUserChange', 'clientAssign',
    'connectJudge'],
  ['brokerAccept', 'willStore', 'sendConnack', 'blockEnd', 'refuse', 'sendConnackRefusal', 'sessionsMakeRoom'],
  ['decodeConnect', 'decodeReason', 'changeExpiry', 'inboundHas', 'inboundRemove'],
  // The end of connections and sessions, and what is retained.
  ['sessionEnd', 'queueRemoveNext', 'walkRemove', 'sessionDisconnected', 'willPublish', 'identitySize',
    'inboundUnlink', 'retainedWaitRemove', 'heldRelease', 'indexRemove'],
  ['sendPingresp', 'connectionClose', 'makeRoom', 'resume', 'portUnsent', 'drop'],
  ['retainedMatches', 'retainedRemove', 'sendRetained', 'topicMatches'],
  // SUBSCRIBE and UNSUBSCRIBE, packets that come in pieces.
  ['filterListBegin', 'filterListFinish', 'unsubscribeFilter', 'streamFrom', 'continuePublish', 'publishEnd'],
  ['accessSubscribe', 'filtersOverlap', 'patternExpand', 'nameIsPlain', 'filterLevel', 'utf8Walk'],
  // Access lists.
  ['ruleIsFor', 'ruleExpand'],
  // Acknowledgements that the lane does not take.
  ['decodeAcknowledge', 'findRow', 'complete', 'queueMessageRelease', 'queueUnlink'],
  // What the lane learns, and gives back to the broker.
  ['laneTarget', 'laneKeep', 'remember'],
  // Properties of 5.0.
  ['propertiesBegin', 'propertiesRead', 'applicationPropertiesRead', 'readReason'],
  ['openBegin', 'openEnd', 'writeFourByteInteger', 'variableByteIntegerSize'],
  // The timer, once a second.
  ['clockTick', 'brokerTick', 'sysTick'],
]
