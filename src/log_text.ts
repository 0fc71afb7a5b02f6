// What the core reports by codes, in words: for the gateway's log, and for whoever reads what a board prints. A board
// has the short words alone, and its codes as they are.

import {
  LOG_CLOSED, LOG_CONNECTED, LOG_FULL, LOG_PUBLISH_REFUSED, LOG_REFUSED, LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED,
  LOG_WILL,
} from './broker/log_code'
import { NO_REASON } from './codec/reason_code'

/** What a board prints in front of each, in the order of log_code.ts. */
export const LOG_WORDS =
  'accepted,connected,closed,refused,no room,message refused,session expired,Will published,session replaced,client'

/** Protocol names by the number that CONNECT has. */
export const VERSIONS: Record<number, string> = { 3: '3.1', 4: '3.1.1', 5: '5.0' }

/** The standard's names of the Reason Codes that a broker gives, or hears in a DISCONNECT. [MQTT 5.0 2.4] */
const REASONS: Record<number, string> = {
  0x00: 'Normal disconnection', 0x04: 'Disconnect with Will Message', 0x80: 'Unspecified error',
  0x81: 'Malformed Packet', 0x82: 'Protocol Error', 0x83: 'Implementation specific error',
  0x84: 'Unsupported Protocol Version', 0x85: 'Client Identifier not valid', 0x86: 'Bad User Name or Password',
  0x87: 'Not authorized', 0x88: 'Server unavailable', 0x89: 'Server busy', 0x8a: 'Banned',
  0x8b: 'Server shutting down', 0x8c: 'Bad authentication method', 0x8d: 'Keep Alive timeout',
  0x8e: 'Session taken over', 0x8f: 'Topic Filter invalid', 0x90: 'Topic Name invalid',
  0x91: 'Packet Identifier in use',
  0x92: 'Packet Identifier not found', 0x93: 'Receive Maximum exceeded', 0x94: 'Topic Alias invalid',
  0x95: 'Packet too large', 0x96: 'Message rate too high', 0x97: 'Quota exceeded', 0x98: 'Administrative action',
  0x99: 'Payload format invalid', 0x9a: 'Retain not supported', 0x9b: 'QoS not supported', 0x9c: 'Use another server',
  0x9d: 'Server moved', 0x9e: 'Shared Subscriptions not supported', 0x9f: 'Connection rate exceeded',
  0xa0: 'Maximum connect time', 0xa1: 'Subscription Identifiers not supported',
  0xa2: 'Wildcard Subscriptions not supported',
}

/** A Reason Code in words; '' for what is none: a connection that ended without a word. Above 0xFF stands the why. */
export function reasonText (reasonCode: number): string {
  return reasonCode === NO_REASON ? '' : REASONS[reasonCode & 0xff] ?? `Reason Code ${reasonCode & 0xff}`
}

/** A report as a sentence. `who` is the client, for people; `what` is the version that it speaks, or why, in words. */
export function logSentence (code: number, who: string, what: string): string {
  const sentences: Record<number, string> = {
    [LOG_CONNECTED]: `${who} connected, MQTT ${what}`,
    [LOG_CLOSED]: what ? `${who} was disconnected: ${what}` : `${who} disconnected`,
    [LOG_REFUSED]: `${who} was refused: ${what}`,
    [LOG_FULL]: 'a client was turned away: there is no room for another connection',
    [LOG_PUBLISH_REFUSED]: `a message of ${who} was refused: ${what}`,
    [LOG_SESSION_EXPIRED]: `the session of ${who} is over: its time has passed`,
    [LOG_WILL]: `the Will of ${who} was published`,
    [LOG_SESSION_REPLACED]: `the session of ${who} has ended, to make room for another`,
  }
  return sentences[code] ?? ''
}
