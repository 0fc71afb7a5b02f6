// What the core reports by codes, as events: for the log, and for the program that embeds the broker.
import {
  LOG_ACCEPTED, LOG_CLIENT, LOG_CLOSED, LOG_CONNECTED, LOG_FULL, LOG_OF_SESSIONS, LOG_PUBLISH_REFUSED, LOG_REFUSED,
  LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED, LOG_WILL,
} from '../../broker/log_code'
import { NOT_AUTHORIZED, NO_REASON } from '../../codec/reason_code'
import { NONE } from '../../limits'
import { VERSIONS } from '../../log_text'
import { memoryText } from './bytes'
import { core } from './core_calls'
import { isToken } from './tokens/token_text'
import type { AuditEvent, TraceEvent } from './library/api'
import type { Link } from './link'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

export type BrokerEventName =
  | 'accepted' | 'connected' | 'closed' | 'refused' | 'full' | 'publishRefused' | 'sessionExpired' | 'sessionReplaced'
  | 'will'

/** Something that happened. No event holds a password or a payload. */
export interface BrokerEvent {
  event: BrokerEventName
  /** The connection's number; NONE (-1) for what is of no connection. */
  number: number
  address?: string
  clientIdentifier?: string
  userName?: string
  /** 3.1, 3.1.1 or 5.0. */
  version?: string
  /** Why, where there is a Reason Code. */
  reasonCode?: number
}

export type BrokerEventHandler = (event: BrokerEvent) => void

let handler: BrokerEventHandler | null = null

/** Where events go; null: nowhere. The handler must not call the broker before it has returned. */
export function eventsTo(taker: BrokerEventHandler | null): void {
  handler = taker
}

const NAMES: Record<number, BrokerEventName> = {
  [LOG_ACCEPTED]: 'accepted',
  [LOG_CONNECTED]: 'connected',
  [LOG_CLOSED]: 'closed',
  [LOG_REFUSED]: 'refused',
  [LOG_FULL]: 'full',
  [LOG_PUBLISH_REFUSED]: 'publishRefused',
  [LOG_SESSION_EXPIRED]: 'sessionExpired',
  [LOG_SESSION_REPLACED]: 'sessionReplaced',
  [LOG_WILL]: 'will',
}

/** Some clients send a token as their User Name: it is a secret. */
const nameForLog = (userName: string): string => isToken(userName) ? '(a token)' : userName

/** What is told of a client. */
function told(link: Link | null): Pick<BrokerEvent, 'address' | 'clientIdentifier' | 'userName'> {
  if (!link) return {}
  const { origin: { address }, clientIdentifier, userName } = link
  return {
    address,
    ...clientIdentifier ? { clientIdentifier } : {},
    ...userName === undefined ? {} : { userName: nameForLog(userName) },
  }
}

export function portLog(code: number, a: number, b: number): void {
  const isOfSession = code >= LOG_OF_SESSIONS
  const link = isOfSession || code === LOG_FULL ? null : linkOf(a)
  const wasConnected = link?.isConnected === true
  if (link && code === LOG_CONNECTED) {
    link.isConnected = true
    // The broker may have assigned it.
    link.clientIdentifier ||= memoryText(core.clientIdentifierStart(a), core.clientIdentifierSize(a))
  }
  if (link?.origin.isTrusted) return
  if (link) auditLog(link, code, b, wasConnected)
  const traced = tracer && TRACED[code]
  if (traced) tracer!({ event: traced, ...isOfSession ? { clientIdentifier: memoryText(a, b) } : told(link) })
  // A link has its own name.
  if (!handler || code === LOG_CLIENT) return
  const event: BrokerEvent = { event: NAMES[code], number: isOfSession ? NONE : a, ...told(link) }
  if (isOfSession) event.clientIdentifier = memoryText(a, b)
  if (code === LOG_CONNECTED) event.version = VERSIONS[b]
  else if (link && code !== LOG_ACCEPTED && b !== NO_REASON) event.reasonCode = b
  handler(event)
}

/** The audit's part of it. */
function auditLog(link: Link, code: number, b: number, wasConnected: boolean): void {
  const { proof, why } = link
  const reason = b === NO_REASON ? {} : { reasonCode: b }
  if (code === LOG_CONNECTED) report({ event: 'admitted', link, proof, version: VERSIONS[b] })
  else if (code === LOG_REFUSED) {
    report({ event: 'refused', link, proof, ...reason, ...why === undefined ? {} : { why } })
  } else if (code === LOG_CLOSED && wasConnected) report({ event: 'left', link, ...reason })
  else if (code === LOG_PUBLISH_REFUSED && b === NOT_AUTHORIZED) {
    const topic = memoryText(core.publishTopicStart(), core.publishTopicSize())
    report({ event: 'denied', link, action: 'publish', topic, ...reason })
  }
}

export function portFilter(
  slot: Slot, isSubscribe: boolean, reasonCode: number, start: Offset, size: number,
): void {
  const link = linkOf(slot)
  if (!link || link.origin.isTrusted) return
  tracer?.({
    event: isSubscribe ? 'subscribe' : 'unsubscribe', topic: memoryText(start, size), reasonCode, ...told(link),
  })
  if (isSubscribe && reasonCode === NOT_AUTHORIZED) {
    report({ event: 'denied', link, action: 'subscribe', topic: memoryText(start, size), reasonCode })
  }
}

let tracer: ((event: TraceEvent) => void) | null = null

/** Where what happens often goes; null: nobody wants to know. */
export function traceTo(taker: ((event: TraceEvent) => void) | null): void {
  tracer = taker
}

/** A connection, or a WebSocket, has come. */
export const traceArrival = (event: 'accepted' | 'websocket', address: string): void => tracer?.({ event, address })

const TRACED: Record<number, TraceEvent['event'] | undefined> = {
  [LOG_WILL]: 'will', [LOG_SESSION_EXPIRED]: 'sessionExpired',
  [LOG_SESSION_REPLACED]: 'sessionReplaced',
}

let auditor: ((event: AuditEvent) => void) | null = null

/** Where the audit's events go, at once: what hears them must not call the broker before it has returned. */
export function auditTo(taker: ((event: AuditEvent) => void) | null): void {
  auditor = taker
}

/** Events of a kind that clients can make at will, in a second; more are counted. */
const AT_WILL_MAX = 100
const AT_WILL: string[] = ['refused', 'denied', 'limited'] satisfies AuditEvent['event'][]
const SECOND_MS = 1_000

let atWill: Record<string, number> = {}
let isCounting = false

/** A second is over: what was not told of is told of as a number. */
function countsEnd(): void {
  isCounting = false
  const count = Object.values(atWill).reduce((sum, told) => sum + Math.max(0, told - AT_WILL_MAX), 0)
  atWill = {}
  if (count) auditor?.({ event: 'suppressed', count })
}

/** Tells the audit of something. */
export function report({ link, ...event }: AuditEvent & { link?: Link }): void {
  if (!auditor) return
  if (AT_WILL.includes(event.event)) {
    if (!isCounting) setTimeout(countsEnd, SECOND_MS).unref()
    isCounting = true
    atWill[event.event] = (atWill[event.event] ?? 0) + 1
    if (atWill[event.event] > AT_WILL_MAX) return
  }
  auditor({ ...event, ...told(link ?? null) })
}
