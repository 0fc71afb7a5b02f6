// The library's types of rates, bans and the audit; the build ships them in one file with those of api.ts.

/** What may come in a second, and a second's worth at once; no limit where it is not said. */
export interface Rates {
  /** Packets, acknowledgements not among them. */
  messages?: number
  bytes?: number
}

/** Limits of what clients and addresses do; an address of IPv6 is its first 64 bits. */
export interface GuardOptions {
  /** Of each client. */
  client?: Rates
  /** Of all clients of an address together. */
  address?: Rates
  /** Network Connections of an address in a second. */
  addressConnections?: number
  /** Beyond the rates a client is not read for a while (wait, unless told), or is disconnected with 0x96. */
  excess?: 'wait' | 'disconnect'
  /** Failed logins of an address after which the next ones wait, twice as long with each more; 50 unless told. */
  delayAfter?: number
  /** Failed logins of an address after which it is banned; one is forgotten a minute. Never unless told. */
  banAfter?: number
  /** Seconds that a ban lasts; 600 unless told. */
  banSeconds?: number
}

/** What happens more often than anybody reads: it is only told where somebody listens. */
export interface TraceEvent {
  event: 'subscribe' | 'unsubscribe' | 'accepted' | 'websocket' | 'will' | 'sessionExpired' | 'sessionReplaced'
  address?: string
  clientIdentifier?: string
  userName?: string
  /** The filter, and with what its SUBSCRIBE was answered. */
  topic?: string
  reasonCode?: number
}

/** An address that is not let in until a time, milliseconds since 1970. */
export interface Ban { address: string, until: number }

/**
 * What the audit is told: who was let in (admitted), refused or has left, whose publication or subscription was denied,
 * who came up against a rate (limited), and bans. There is no password, token or payload in it.
 */
export interface AuditEvent {
  event: 'admitted' | 'refused' | 'left' | 'denied' | 'limited' | 'banned' | 'unbanned' | 'suppressed'
  address?: string
  clientIdentifier?: string
  userName?: string
  version?: string
  /** How it has proved who it is, or tried to: none, password, token, certificate, key, hook, or a method's name. */
  proof?: string
  reasonCode?: number
  /** Why, in words. */
  why?: string
  /** What was denied, and the Topic Name or Topic Filter. */
  action?: 'publish' | 'subscribe'
  topic?: string
  /** Events that were not told of, as there were too many in a second. */
  count?: number
}
