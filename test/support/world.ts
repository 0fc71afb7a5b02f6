// A World is one broker under test, whatever runs it: a core instance in memory with virtual time, a simulated board,
// or a real broker across TCP. Cases know nothing but this.

import type * as defaults from '../../boards/defaults'
import type { Peer, Version } from './peer'

type Widened<T> = T extends number ? number : T extends boolean ? boolean : string

/** A board's constants as plain values. */
export type Board = { readonly [Name in keyof typeof defaults]: Widened<(typeof defaults)[Name]> }

export interface AccessRule {
  kind: number
  name: string
  access: number
  filter: string
}

/** How the broker is set up before its first client. */
export interface Configuration {
  /** Passwords by User Name; absent: everybody is let in. */
  users?: Record<string, string>
  /** With users: whether a client without a User Name is let in. */
  anonymous?: boolean
  rules?: AccessRule[]
  /** Who shows a certificate is let in, and has the name in it: see `certificateName`. */
  certificates?: boolean
  /** Answers about users are held back until `authenticationRelease`. */
  authenticateLater?: boolean
  /** Rounds of TEST-CHALLENGE before it succeeds; one by default. */
  challengeRounds?: number
}

/** The User Name that a client's certificate says; undefined: it shows none. Tests tell by its Client Identifier. */
export const certificateName = (clientId: string): string | undefined => /^cert-([^-]+)-/.exec(clientId)?.[1]

/** What can happen to the machine that a broker runs on. */
export type MachineFault =
  | 'clock forward' | 'clock back' | 'clock at 1970' | 'memory low' | 'memory free' | 'Wi-Fi lost' | 'Wi-Fi back'

export interface World {
  readonly name: string
  /** Whether advance() costs no real time. */
  readonly virtualTime: boolean
  readonly board: Board
  /** `clientId`: who is going to connect, where a world of several brokers is to know. */
  open(version?: Version, clientId?: string): Promise<Peer>
  /** Lets time pass, with every timer that falls into it. */
  advance(milliseconds: number): Promise<void>
  /** The broker shuts down with a Reason Code. */
  stop(reasonCode: number): Promise<void>
  /** Gives the answers that `authenticateLater` holds back. */
  authenticationRelease(): Promise<void>
  /** Publishers are not told whether anybody listens. */
  readonly isSeveral?: boolean
  /** Clients can reach it; undefined: they always can. */
  readonly isOnline?: boolean
  /** The Client Identifiers of sessions that ended while their clients were away, in that order, where it is known. */
  sessionsEnded?(): string[]
  /** Only of a board. */
  fault?(fault: MachineFault): void
  /** Of a board that keeps what it acknowledges: what another one starts with when its power goes. */
  readonly flash?: Uint8Array | undefined
  close(): Promise<void>
}

/** What a world cannot do: a case that asks for it is skipped with the reason. */
export class Unsupported extends Error {}

/** The method that the tests' ports know for enhanced authentication: the server asks, the client answers. */
export const CHALLENGE_METHOD = 'TEST-CHALLENGE'
export const CHALLENGE = 'what?'
export const CHALLENGE_ANSWER = 'this'
