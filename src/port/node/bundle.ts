// One broker of the gateway, as it is built into dist/host/midge.js: the build makes this whole program the body of
// `createBroker`, and each call is a broker with tables of its own. Programs use it through library/broker.ts.
import { MESSAGES_RECEIVED, MESSAGES_SENT } from '../../broker/counters'
import { SERVER_SHUTTING_DOWN } from '../../codec/reason_code'
import {
  accessListBegin, accessListJudge, accessListOfUnknown, accessRuleAdd, accessRulesClear, authDataSet,
  brokerAuthenticated, brokerEnd, brokerHeard, brokerKick, brokerMove, brokerNameSet, brokerRetain, brokerSay,
  brokerSpooled, brokerStart, brokerStop, brokerTick, brokersUnite, claimHasPlace, claimSize, claimStart,
  clientIdentifierSize, clientIdentifierStart, clientPrefixSet, clusterPublish, connectionCount, connectionTermsSet,
  counterOf, messageBytes, messageCount, poolSizeMaxSet, protocolVersion, publishEnd, publishPayloadStart,
  publishTopicSize, publishTopicStart, retainedCount, retainedIsBehind, sessionCount, sessionDisconnect,
  sessionForget, sessionImport, sessionIsSubscribed, sessionQueueBound, sessionQueueLook, sessionState,
  sessionWindowSet, sessionsMaxSet, sessionsSettle, settingOf, settingSet, subscriptionCount, userNameSet,
} from '../../main'
import { attach, connectionsMaxSet } from './attach'
import { authenticationMethodsSet } from './authentication_method'
import { answersForget, payloadsRefused } from './authorize'
import { type ClusterSeam, clusterSeamSet } from './cluster_seam'
import { clientLooks, hasBridges } from './client_look'
import { clients, controlTo, disconnect, sessionCut } from './control'
import { coreBind } from './core_calls'
import { credentialOf, credentialParse } from './credential'
import { authorizeHookSet, gatesHeard, payloadJudgeSet } from './gate'
import { authenticateHookSet, clientIdentifiersReserve, scram } from './judge'
import { addressKey } from './guard/address_key'
import { banAdd, banRemove, bansNow } from './guard/bans'
import { guardCounts, guardSet } from './guard/guard'
import { metersHeard } from './guard/meter'
import { listen, listenersClose, listenersReload } from './listener'
import { auditTo, eventsTo, traceTo } from './log'
import { accessListOf, realmsSet, usersSet } from './realm'
import { recordsKeepIn } from './records'
import type { EntryFile } from './records/entry_file'
import { KeptRecords, type StoreOptions } from './records/kept_records'
import { recordsLoad } from './records/record_loading'
import { sourceRulesSet } from './retained_source'
import { spool, spoolSet } from './spool_seam'
import { type RoamingStore, roamingRecords } from './roaming_records'
import { sessionWill } from './session_will'
import { portNowMs } from './time'
import { tokenListOf, tokenListsJudge } from './token'
import { tokenMethod } from './token_method'
import { linksOpen, storeHolds, writesWaitFor } from './transmit'

/** Milliseconds between two looks at the timers: nothing is later than that. */
const TICK_MS = 250
/** Until the next one, where somebody waits for more than one could do. */
const SOON_MS = 20
/** Milliseconds that exchanges of QoS 1 and 2 have to finish, and clients to take their last bytes. */
const FINISH_MS_MAX = 2_000
const STOP_MS_MAX = 2_000
/** When nothing was said for so long, nothing is under way. */
const QUIET_MS = 100

/** A tick later than that comes after a stall: the process was stopped, the machine slept. Milliseconds. */
const STALL_MS = 1_000
/** Turns of the event loop until what came in a stall is read: a connection is accepted in one, read in the next. */
const STALL_TURNS = 4

coreBind({
  accessListJudge, authDataSet, brokerAuthenticated, brokerEnd, brokerHeard, brokerKick, claimHasPlace, claimSize,
  claimStart, clientIdentifierSize, clientIdentifierStart, clientPrefixSet, connectionTermsSet, protocolVersion,
  settingSet, userNameSet, publishTopicStart: () => publishTopicStart, publishTopicSize: () => publishTopicSize,
  publishPayloadSize: () => publishEnd - publishPayloadStart,
})

let timer: NodeJS.Timeout | null = null
let soon: NodeJS.Timeout | null = null
let tickAt = 0
let isReading = false

/** Time passes in the core; what it left for later is gone on with soon. */
function tickCore(): void {
  gatesHeard()
  metersHeard()
  spool?.heard()
  brokerTick(tickAt = portNowMs())
  if (!soon && retainedIsBehind()) soon = setTimeout(tickSoon, SOON_MS)
}

function tickSoon(): void {
  soon = null
  tick()
}

let kept: KeptRecords | null = null

/** Has the broker go on with what it had, and keep what it acknowledges; call it before it is started. */
async function recordsOpen(file: EntryFile, options: StoreOptions = {}): Promise<void> {
  kept = new KeptRecords(file, await recordsLoad(file), options)
  recordsKeepIn(kept)
  writesWaitFor(kept)
}

/** Makes the broker one with others, which it is asked and told of by these; call it before it is started. */
function clusterStart(seam: ClusterSeam, store: Parameters<typeof writesWaitFor>[0], records: RoamingStore): void {
  clusterSeamSet(seam)
  recordsKeepIn(roamingRecords(records))
  writesWaitFor(store)
  brokersUnite()
}

/** Starts the broker; call it before anything else, once. */
function start(): void {
  brokerStart()
  kept?.loadedForget()
  spool?.settle()
  tickAt = portNowMs()
  timer = setInterval(tick, TICK_MS)
}

/** Timers come before the network: after a stall, what clients have sent is read before they are judged. */
function tick(): void {
  if (isReading) return
  const isLate = portNowMs() - tickAt > TICK_MS + STALL_MS
  if (!isLate) return tickCore()
  isReading = true
  let turns = STALL_TURNS
  const turn = (): void => {
    if (turns--) return void setImmediate(turn)
    isReading = false
    if (timer) tickCore()
  }
  setImmediate(turn)
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, ms)
})

/** Lets what is under way finish, within a bound. */
async function untilQuiet(): Promise<void> {
  const limit = portNowMs() + FINISH_MS_MAX
  let before = -1
  while (portNowMs() < limit) {
    const now = counterOf(MESSAGES_RECEIVED) + counterOf(MESSAGES_SENT)
    if (now === before && linksOpen().every((link) => !link.unsent)) return
    before = now
    await wait(QUIET_MS)
  }
}

/** Ends it: tells 5.0 clients that the server shuts down, and waits until they have heard it or do not listen. */
async function stop(): Promise<void> {
  listenersClose()
  if (linksOpen().length) await untilQuiet()
  const streams = linksOpen().map((link) => link.stream).filter(({ closed }) => !closed)
  brokerStop(SERVER_SHUTTING_DOWN)
  if (timer) clearInterval(timer)
  if (soon) clearTimeout(soon)
  timer = null
  const allClosed = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))))
  let limit: NodeJS.Timeout | undefined
  await Promise.race([allClosed, new Promise((resolve) => limit = setTimeout(resolve, STOP_MS_MAX))])
  clearTimeout(limit)
  for (const stream of streams) stream.destroy()
  await kept?.close()
  spool?.stop()
}

export type Total =
  'connections' | 'sessions' | 'subscriptions' | 'retained' | 'messages' | 'messageBytes' | 'payloadsRefused'

/** Listens no more, and tells clients of 5.0 by DISCONNECT to use another server: who, `reference` says for each. */
function drain(reference: () => string): void {
  listenersClose()
  for (const link of linksOpen()) {
    if (!link.origin.isTrusted) brokerMove(link.slot, Buffer.from(reference()).toString('latin1'))
  }
}


/** How much there is of everything that is counted in rows. */
function totals(): Record<Total, number> {
  return {
    connections: connectionCount, sessions: sessionCount, subscriptions: subscriptionCount, retained: retainedCount,
    messages: messageCount, messageBytes, payloadsRefused,
  }
}

export {
  accessListBegin, accessListJudge, accessListOf, accessListOfUnknown, accessRuleAdd, accessRulesClear, addressKey,
  answersForget, attach, auditTo, authenticateHookSet, authenticationMethodsSet, authorizeHookSet, banAdd, banRemove,
  bansNow, brokerHeard, brokerNameSet, brokerRetain, brokerSay, brokerSpooled, clientIdentifiersReserve, clientLooks,
  clients, clusterPublish, clusterStart, connectionsMaxSet, controlTo, counterOf, credentialOf, credentialParse,
  disconnect, drain, eventsTo, guardCounts, guardSet, hasBridges, listen, listenersReload, payloadJudgeSet,
  poolSizeMaxSet,
  realmsSet, recordsOpen, scram, sessionCut, sessionDisconnect, sessionForget, sessionImport, sessionIsSubscribed,
  sessionQueueBound, sessionQueueLook, sessionState, sessionWill, sessionWindowSet, sessionsMaxSet, sessionsSettle,
  settingOf, settingSet, sourceRulesSet, spoolSet, start, stop, storeHolds, tokenListOf, tokenListsJudge, tokenMethod,
  totals, traceTo, usersSet,
}
