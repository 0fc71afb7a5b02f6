// What the build is told of extensions, the folders of src/hub.

/** What an extension is given by the board's program, by the names of src/hub/extension.d.ts. */
export const GIVEN = [
  'configuration', 'accept', 'report', 'wifiWait', 'say', 'looks', 'room', 'waiting', 'seconds', 'broker', 'anew',
]

/**
 * Functions of extensions that hold what only they need, by their folders: what a host leaves behind holds on to all
 * that stands in it, so it is one whose whole is let go of together. What only the start needs is let go of anyway
 * (passes/drop.mjs).
 * @type {Record<string, string[]>}
 */
export const EXTENSION_HOSTS = {
  hub: ['ownRun'],
  page: ['visitorsBegin'],
  rescue: ['pointOpen'],
}

/**
 * Functions of extensions that are called seldom, or for what takes long anyway, by their folders: memory has nothing
 * of them (passes/cold.mjs). A call takes a millisecond or two more.
 * @type {Record<string, string[]>}
 */
export const EXTENSION_COLD = {
  bridge: [
    // At the start.
    'bridgeRead', 'termTake', 'topicRead', 'patternIsValid', 'hasWildcard', 'bridgeStart', 'hasTls',
    // While the bridge connects, and when it has lost the other broker.
    'dial', 'introduce', 'comeHere', 'goFromHere', 'wordAt', 'connectFields', 'connectPacket', 'lengthAndText',
    'packetOf', 'subscribePacket', 'twoByteInteger', 'term', 'remoteIdentifier', 'filterOf', 'send',
    'largestWithin', 'answer of bridge/link', 'answersHand', 'leave', 'leaveFull', 'remoteHold', 'longer', 'hearBehind',
    'subscribeAll', 'limitsOf', 'lessAsked', 'onConnack', 'letGo',
    // When something has waited on the way there, once a second, and every ten.
    'happened', 'bridgeTick', 'stateTopic', 'stateSay', 'countsSay',
    // Packets that are no PUBLISH, one that is large, one that a filter with `+` may match, and one that goes out as
    // less than it was, or nowhere.
    'taken', 'answerThere', 'answerHere', 'propertiesEnd', 'fitted', 'loweredTake', 'acknowledgement',
    'remainingLength', 'remainingLengthAt', 'levelsMatch',
  ],
  // At the start, once a minute, and for a device of the owner's.
  ha: [
    'prefixSet', 'boardAnnounce', 'configurationText', 'numberText', 'available', 'report of ha/board_device',
    'onBridge', 'isName of ha/identity', 'componentOf', 'announced',
  ],
  // What is published, and an error.
  hub: [
    'field', 'twoByteInteger', 'lengthAndText', 'remainingLength', 'packetOf', 'connectPacket', 'subscribePacket',
    'jsonOf', 'hubErrorText',
  ],
  // All but the look at each packet of the network.
  name: [
    'isName of name/index', 'socketOpen', 'addressSet', 'begin of name/responder', 'probe', 'stepIn', 'toAll',
    'responderEnd', 'record', 'recordsBytes', 'dataOf', 'knownAs', 'count of name/records', 'response',
    'foreignResponse', 'onResponse', 'differs', 'questionOf', 'nameWanted',
  ],
  rescue: ['networkTake', 'wifiNewest', 'open of rescue/index', 'buttonLook'],
  // All but the look at a message that may set off a rule.
  rules: ['conditionOf', 'ruleStart', 'hold', 'fire', 'actionsDo', 'filled', 'placed', 'remember', 'rateTake'],
  state: ['load', 'set of state/index', 'put'],
  // All but what is looked at each minute, for each of many times.
  time: [
    'fault of time/index', 'zoneSet', 'posixZone', 'placeSet', 'clockStart', 'timeOfDay', 'placeAsk', 'minutesToday',
    'sunNext', 'sunMinute', 'cronMatches', 'bytes', 'timestamp', 'close of time/clock', 'later',
  ],
  update: [
    'fault of update/index', 'watchOver', 'piece', 'refuse of update/index', 'answer of update/index', 'hmac', 'padded',
    'bytesText', 'sha256', 'digest',
  ],
}
