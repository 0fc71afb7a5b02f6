// The core, as a runtime sees it. See src/port/port.ts for the other half.
export {
  brokerAccept, brokerAuthenticated, brokerClosed, brokerHeard, brokerReceive, brokerSpooled, brokerStart, brokerStop,
  brokerTick, brokerWritable,
} from './broker/broker'
export {
  accessListBegin, accessListJudge, accessListOfUnknown, accessRuleAdd, accessRulesClear,
} from './broker/access/access'
export {
  claimSize, claimStart, clientIdentifierSize, clientIdentifierStart, clientPrefixSet,
} from './broker/connection/client_identifier'
export { counterOf } from './broker/counters'
export { brokerEnd, brokerKick } from './broker/connection/connection'
export { publishEnd, publishPayloadStart, publishTopicSize, publishTopicStart } from './codec/publish'
export { brokerNameSet } from './broker/connection/connack'
export { brokerPublish, brokerRetain, brokerSay } from './broker/publish/own_message'
export { clusterPublish } from './broker/publish/cluster_message'
export {
  brokerMove, sessionDisconnect, sessionForget, sessionState, sessionWillLook, sessionsSettle, willStart,
} from './broker/session/session_roam'
export { bridgeLook, bridgeSet } from './broker/session/bridge_look'
export { clientIsBridge, clientQueued, clientUserSize, clientWill } from './broker/session/client_look'
export { sessionImport } from './records/session_import'
export { brokersUnite } from './store/record'
export {
  claimHasPlace, sessionIsSubscribed, sessionQueueBound, sessionQueueLook, sessionWindowSet, sessionsMaxSet,
} from './broker/session/session_look'
export { retainedIsBehind } from './subscriptions/indexed/retained_tick'
export { persistRuleAdd, persistStretchSet } from './records/persist_policy'
export { filterIsNamed, recordMoved } from './records/record_moved'
export { recordsLost, retainedLeft } from './records/restore'
export { tablesOf } from './records/tables'
export { userNameSet } from './broker/session/session_open'
export { settingOf, settingSet } from './broker/settings'
export { authDataSet } from './feature/authentication'
export { memory } from './memory'
export { poolSizeMaxSet } from './store/byte_pool'
export {
  connectionCount, connectionHeard, connectionTermsSet, packetSizeLimit, protocolVersion,
} from './store/connection_table'
export { messageBytes, messageCount, messageStart, messageTopicSize } from 'messages/message_table'
export { retainedCount } from 'messages/retained_table'
export { queueRowCount } from './store/queue_table'
export { sessionCount } from './store/session_table'
export { subscriptionCount } from './subscriptions/rows'
