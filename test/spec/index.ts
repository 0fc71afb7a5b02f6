// Every case and both tables of statements: what the runners and scripts/clauses.mjs read.

import { accessCases } from './access.cases'
import { authenticationCases } from './authentication.cases'
import { bridgeCases } from './bridge.cases'
import type { Case } from './case'
import { clauses_3_1_1 } from './clauses_3_1_1'
import { clauses_5_0 } from './clauses_5_0'
import type { Clause } from './clause'
import { connackCases } from './connack.cases'
import { connectCases } from './connect.cases'
import { disconnectCases } from './disconnect.cases'
import { flowControlCases } from './flow_control.cases'
import { framingCases } from './framing.cases'
import { heldPacketCases } from './held_packet.cases'
import { keepAliveCases } from './keep_alive.cases'
import { malformedCases } from './malformed.cases'
import { propertiesCases } from './properties.cases'
import { publishCases } from './publish.cases'
import { qos1Cases } from './qos1.cases'
import { qos2Cases } from './qos2.cases'
import { retainCases } from './retain.cases'
import { sessionCases } from './session.cases'
import { sharedSubscriptionCases } from './shared_subscription.cases'
import { subscribeCases } from './subscribe.cases'
import { topicAliasCases } from './topic_alias.cases'
import { topicFilterCases } from './topic_filter.cases'
import { unsubscribeCases } from './unsubscribe.cases'
import { utf8Cases } from './utf8.cases'
import { willCases } from './will.cases'

export const areas: Record<string, Case[]> = {
  utf8: utf8Cases, connect: connectCases, connack: connackCases, session: sessionCases, will: willCases,
  'keep alive': keepAliveCases, publish: publishCases, 'qos 1': qos1Cases, 'qos 2': qos2Cases, retain: retainCases,
  subscribe: subscribeCases, unsubscribe: unsubscribeCases, 'topic filter': topicFilterCases,
  'shared subscription': sharedSubscriptionCases, 'flow control': flowControlCases, properties: propertiesCases,
  'topic alias': topicAliasCases, disconnect: disconnectCases, authentication: authenticationCases, access: accessCases,
  framing: framingCases, 'held packet': heldPacketCases, malformed: malformedCases, bridge: bridgeCases,
}

export const standards: Record<string, Clause[]> = { '3.1.1': clauses_3_1_1, '5.0': clauses_5_0 }
