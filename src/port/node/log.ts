// What the core reports by codes, as events: for the log, and for the program that embeds the broker.
import {
  LOG_ACCEPTED, LOG_CLIENT, LOG_CLOSED, LOG_CONNECTED, LOG_FULL, LOG_OF_SESSIONS, LOG_PUBLISH_REFUSED, LOG_REFUSED,
  LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED, LOG_WILL,
} from '../../broker/log_code'
import { NO_REASON } from '../../codec/reason_code'
import { NONE } from '../../limits'
import { VERSIONS } from '../../log_text'
import { memoryText } from './bytes'
import { core } from './core_calls'
import { isToken } from './tokens/token_text'
import { linkOf } from './transmit'

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
export const nameForLog = (userName: string): string => isToken(userName) ? '(a token)' : userName

export function portLog(code: number, a: number, b: number): void {
  const isOfSession = code >= LOG_OF_SESSIONS
  const link = isOfSession || code === LOG_FULL ? null : linkOf(a)
  if (link && code === LOG_CONNECTED) {
    link.isConnected = true
    // The broker may have assigned it.
    link.clientIdentifier ||= memoryText(core.clientIdentifierStart(a), core.clientIdentifierSize(a))
  }
  // A link has its own name.
  if (!handler || code === LOG_CLIENT || link?.origin.isTrusted) return
  const event: BrokerEvent = { event: NAMES[code], number: isOfSession ? NONE : a }
  if (isOfSession) event.clientIdentifier = memoryText(a, b)
  if (link) {
    event.address = link.origin.address
    if (link.clientIdentifier) event.clientIdentifier = link.clientIdentifier
    if (link.userName !== undefined) event.userName = nameForLog(link.userName)
  }
  if (code === LOG_CONNECTED) event.version = VERSIONS[b]
  else if (link && code !== LOG_ACCEPTED && b !== NO_REASON) event.reasonCode = b
  handler(event)
}
