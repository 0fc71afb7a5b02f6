// What a configuration comes to.
import type { Limits, ListenerOptions, Persistence, TlsFiles } from '../library/api'
import type { Place } from './entries'

export const LOG_TYPES = ['error', 'warning', 'notice', 'information'] as const
export type LogType = typeof LOG_TYPES[number]

/** A listener while its keys are read: TLS's may come one by one. */
export interface ListenerDraft {
  place: Place
  options: ListenerOptions
  tls: Partial<TlsFiles>
}

export interface LogOptions {
  format: 'text' | 'json'
  types: Set<LogType>
  /** Where lines go: standard output or error, or a file. Nowhere where it is empty. */
  destinations: { kind: 'stdout' | 'stderr' | 'file', file?: string }[]
  isTimestamped: boolean
  /** As strftime has it, in local time; undefined: ISO 8601 in UTC. Only for people. */
  timeFormat: string | undefined
  /** Whether clients that come and go are told of. */
  hasConnections: boolean
}

export interface GatewayOptions {
  listeners: ListenerOptions[]
  allowAnonymous: boolean | undefined
  passwordFile: { path: string, place: Place } | undefined
  accessFile: { path: string, place: Place } | undefined
  limits: Limits
  log: LogOptions
  pidFile: string | undefined
  /** Where what the broker keeps is: the store's own folder; undefined: it forgets everything. */
  persistence: Persistence | undefined
  /** What is said when it starts: keys that are taken and do nothing. */
  notices: string[]
  /** Whom to become after the ports are open, when root. */
  systemUser: string | undefined
}

export function defaultLog(): LogOptions {
  return {
    format: 'text', types: new Set(LOG_TYPES), destinations: [{ kind: 'stdout' }], isTimestamped: true,
    timeFormat: undefined,
    hasConnections: true,
  }
}
