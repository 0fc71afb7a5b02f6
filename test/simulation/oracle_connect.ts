// What a CONNECT asks of the broker: the answer, the session, the end of whoever had the Client Identifier before.

import type { IConnectPacket } from 'mqtt-packet'
import type { AnyPacket } from '../support/peer'
import { ACCESS_WRITE } from '../../src/broker/access/access_kind'
import { NOT_AUTHORIZED, admit } from '../model/model_access'
import { expiryMs, type ModelWill } from '../model/model_broker'
import type { Link } from './link'
import type { Oracle } from './oracle'
import { judgeRoomMade } from './oracle_sessions'
import { readerOf } from './oracle_readers'
import { Unjudged } from './script'

const TAKEN_OVER = 0x8e
const QUOTA_EXCEEDED = 0x97
/** Of 3.1.1. */
const SERVER_UNAVAILABLE = 3

function willOf({ will }: IConnectPacket, publisher: string): ModelWill | undefined {
  if (!will) return undefined
  const { topic, payload, qos, retain, properties } = will
  const expiry = properties?.messageExpiryInterval
  return {
    message: { topic, payload: payload.toString(), qos: qos ?? 0, retain: retain ?? false, publisher },
    delay: (properties?.willDelayInterval ?? 0) * 1_000,
    expiry: expiry === undefined ? Infinity : expiry * 1_000,
  }
}

/** The connection that the Client Identifier had before ends. [MQTT-3.1.4-3] */
function judgeTakeOver(oracle: Oracle, clientId: string): void {
  const former = oracle.linkOf(clientId)
  if (!former) return
  oracle.coverage.touch('take-over [MQTT-3.1.4-3]')
  if (former.slowSince === undefined) {
    if (!former.peer.isClosed) throw new Error(`${former.name}: still open after it was taken over`)
    if ((former.takeReason() ?? TAKEN_OVER) !== TAKEN_OVER) throw new Error(`${former.name}: taken over without 0x8E`)
    if (former.answers.length > 0) throw new Error(`${former.name}: nobody asked for ${JSON.stringify(former.answers)}`)
  }
  oracle.over(former)
}

/** The client may not come in, or not with this Will. */
function judgeRefused(oracle: Oracle, link: Link, connack: AnyPacket, refusal: typeof NOT_AUTHORIZED): void {
  const wanted = link.version === 5 ? refusal.code : refusal.returnCode
  const code = connack.reasonCode ?? connack.returnCode
  if (code !== wanted) throw new Error(`${link.name}: CONNACK ${code}, not ${wanted}`)
  if (!link.peer.isClosed) throw new Error(`${link.name}: refused and not closed`)
  oracle.over(link)
}

export function judgeConnect(oracle: Oracle, link: Link, packet: AnyPacket): void {
  const connect = packet as unknown as IConnectPacket
  const { clean = true, properties, keepalive = 0, username, password } = connect
  const connack = link.take('connack')
  const assigned = (connack.properties as { assignedClientIdentifier?: string } | undefined)?.assignedClientIdentifier
  const clientId = connect.clientId || assigned
  if (!clientId) throw new Unjudged('a client without a name')
  if (!connect.clientId !== (assigned !== undefined)) throw new Error(`${link.name}: assigned ${assigned}`)
  link.clientId = clientId
  const { user, refusal } = admit(oracle.configuration, clientId, username, password?.toString() ?? '')
  if (refusal) {
    judgeRefused(oracle, link, connack, refusal)
    return
  }
  link.user = user
  const code = connack.reasonCode ?? connack.returnCode
  const isRefused = code === (link.version === 5 ? QUOTA_EXCEEDED : SERVER_UNAVAILABLE)
  if (isRefused && !link.peer.isClosed) throw new Error(`${link.name}: refused and not closed`)
  if (isRefused && oracle.links.size > oracle.board.CONNECTIONS_MAX && !oracle.linkOf(clientId)) {
    // One connection more is accepted, to be told that there are too many; or to take the place of its client's former.
    oracle.coverage.touch('limit connections')
    oracle.over(link)
    return
  }
  judgeTakeOver(oracle, clientId)
  judgeRoomMade(oracle, user)
  if (isRefused && oracle.isCrowded) {
    oracle.coverage.touch('limit sessions')
    oracle.model.connectRefused(clientId, clean)
    oracle.over(link)
    return
  }
  if (connect.will && !oracle.access.allows(link, ACCESS_WRITE, connect.will.topic)) {
    judgeRefused(oracle, link, connack, NOT_AUTHORIZED)
    oracle.model.connectDenied(clientId, clean)
    return
  }
  if (code !== 0) throw new Error(`${link.name}: CONNACK ${code}`)
  const { INFLIGHT_MAX } = oracle.board
  link.sessionExpiry = link.version === 5 ? expiryMs(properties?.sessionExpiryInterval) : clean ? 0 : Infinity
  const will = willOf(connect, clientId)
  const present = oracle.model.connect({
    clientId, user, clean, sessionExpiry: link.sessionExpiry,
    window: Math.min(properties?.receiveMaximum ?? 65_535, INFLIGHT_MAX), ...(will ? { will } : {}),
  })
  // 3.1 has no such flag.
  if (connack.sessionPresent !== (present && link.version > 3)) {
    throw new Error(`${link.name}: Session Present ${!present}`)
  }
  if (present) oracle.coverage.touch('session goes on [MQTT-3.2.2-3]')
  link.state = 'connected'
  oracle.model.sessions.get(clientId)!.reader = readerOf(oracle, link)
  oracle.formerVersions.set(clientId, link.version)
  const given = (connack.properties as { serverKeepAlive?: number } | undefined)?.serverKeepAlive
  link.silenceMs = (given ?? keepalive) * 1_500
}
