// Who may come in: users with passwords, clients with certificates, and anonymous clients where they are allowed.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, NOT_AUTHORIZED, QUOTA_EXCEEDED, SUCCESS, UNSPECIFIED_ERROR,
  UNSUPPORTED_PROTOCOL_VERSION,
} from '../../codec/reason_code'
import { memory } from '../../memory'
import { PORT_PENDING } from '../port'
import { memoryText } from './bytes'
import { clusterSeam } from './cluster_seam'
import { core } from './core_calls'
import { credentialOf } from './credential'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { prefixSet, realmOf } from './realm'
import { refusalOf } from './refusal'
import { scramMethod } from './scram'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** Milliseconds until a wrong password is refused: a guess costs time, and does not show what was wrong with it. */
const REFUSED_MS = 500

/** The program's own judgement: true and 0 let in, nothing else does. */
type AuthenticateHook = NonNullable<BrokerOptions['authenticate']>

let hook: AuthenticateHook | undefined
/** Verified for names that nobody has, so that the time tells nothing. */
const nobody = credentialOf('')

/** Client Identifiers of the program's own clients: what is kept for them is nobody else's. */
let reserved = new Set<string>()

/** Nobody else may come by these from now on. */
export function clientIdentifiersReserve(clientIdentifiers: string[]): void {
  reserved = new Set(clientIdentifiers)
}

/** Sets the program's own judgement, which then takes the place of the users. */
export function authenticateHookSet(judgement: AuthenticateHook | undefined): void {
  hook = judgement
}

const refusedLater = async (): Promise<void> => {
  await sleep(REFUSED_MS)
}

/** SCRAM-SHA-256 over the same users. */
export const scram = scramMethod((name, realm) => realmOf(realm).users?.get(name)?.scram, refusedLater)

function isLoopback(link: Link): boolean {
  return link.origin.isLocal === true || /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(link.origin.address)
}

/** Whether the client's listener speaks its version. [MQTT-3.1.2-2] */
export function isVersionSpoken({ slot, origin: { terms } }: Link): boolean {
  const versions: number[] | undefined = terms?.protocolVersions
  return versions === undefined || versions.includes(core.protocolVersion(slot))
}

export function portAuthenticate(
  slot: Slot, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
  passwordStart: Offset, passwordSize: number,
): number {
  const link = linkOf(slot)
  if (!link) return UNSPECIFIED_ERROR
  link.clientIdentifier = memoryText(clientStart, clientSize)
  link.userName = userSize < 0 ? undefined : memoryText(userStart, userSize)
  const { isTrusted, terms, identity } = link.origin
  if (isTrusted) return SUCCESS
  if (!isVersionSpoken(link)) return UNSUPPORTED_PROTOCOL_VERSION
  if (link.isWillDenied) return NOT_AUTHORIZED
  const refusal = judgeClientIdentifier(link)
  if (refusal) return refusal
  if (terms?.userNameAsClientIdentifier && link.userName === undefined && !identity) return NOT_AUTHORIZED
  if (terms?.identityAsUserName || terms?.subjectAsUserName) return judgeIdentity(link, identity)
  const password = passwordSize < 0 ? undefined : memory.slice(passwordStart, passwordStart + passwordSize)
  if (hook) return later(link, judgeByHook(link, password))
  const { users, allowAnonymous, judge } = realmOf(terms?.realm)
  if ((users || judge) && link.userName !== undefined) return later(link, judgePassword(link, password))
  const isAllowed = terms?.allowAnonymous ?? allowAnonymous ?? (!users && isLoopback(link))
  return isAllowed ? letIn(link) : NOT_AUTHORIZED
}

/** What the client calls itself, by its listener and its realm. Answers SUCCESS or a Reason Code. */
export function judgeClientIdentifier({ clientIdentifier, origin: { terms } }: Link): number {
  if (reserved.has(clientIdentifier)) return CLIENT_IDENTIFIER_NOT_VALID
  const prefix = terms?.clientIdentifierPrefix
  // As mosquitto answers.
  if (prefix && !clientIdentifier.startsWith(prefix)) return NOT_AUTHORIZED
  const isMissing = !clientIdentifier && realmOf(terms?.realm).emptyClientIdentifier === false
  return isMissing ? CLIENT_IDENTIFIER_NOT_VALID : SUCCESS
}

function letIn(link: Link): number {
  if (clusterSeam) return later(link, Promise.resolve(SUCCESS))
  prefixSet(link)
  return SUCCESS
}

function judgeIdentity(link: Link, identity: string | undefined): number {
  if (!identity) return NOT_AUTHORIZED
  link.userName = identity
  // What is to be asked first may take its time, and the name is set right before the answer.
  if (clusterSeam) return letIn(link)
  return core.userNameSet(Buffer.from(identity)) ? letIn(link) : QUOTA_EXCEEDED
}

/** What the judge of a realm does not know its users may say. */
async function judgePassword(link: Link, password: Uint8Array | undefined): Promise<number> {
  const { clientIdentifier, userName, origin } = link
  const { users, judge } = realmOf(origin.terms?.realm)
  const judged = await judge?.authenticate({ clientIdentifier, userName, password, address: origin.address })
  if (judged === true) return SUCCESS
  const known = judged === undefined ? users?.get(userName!) : undefined
  const isRight = await (known ?? nobody).verify(password ?? new Uint8Array(0))
  // An empty password proves nothing, whatever the file has.
  if (known && isRight && password?.length) return SUCCESS
  await refusedLater()
  // In a realm it is mosquitto's word, which its clients know.
  return origin.terms?.realm === undefined ? BAD_USER_NAME_OR_PASSWORD : NOT_AUTHORIZED
}

/** The program is asked when the core has returned: whatever it does then does no harm. */
async function judgeByHook(link: Link, password: Uint8Array | undefined): Promise<number> {
  const { clientIdentifier, userName, origin } = link
  await Promise.resolve()
  const answer = await hook!({ clientIdentifier, userName, password, address: origin.address })
  if (answer === true || answer === SUCCESS) return SUCCESS
  return answer === false ? BAD_USER_NAME_OR_PASSWORD : refusalOf(answer, false)
}

function later(link: Link, judgement: Promise<number>): number {
  void judgement.catch(() => UNSPECIFIED_ERROR).then((reasonCode) => claim(link, reasonCode)).then((reasonCode) => {
    if (linkOf(link.slot) !== link) return
    prefixSet(link)
    core.brokerAuthenticated(link.slot, clusterSeam && !reasonCode ? nameSet(link) : reasonCode)
  })
  return PORT_PENDING
}

/** Whoever may come in has its session come from wherever it is. */
function claim(link: Link, reasonCode: number): number | Promise<number> {
  const { clientIdentifier } = link
  return !clusterSeam || reasonCode || !clientIdentifier ? reasonCode : clusterSeam.claim(clientIdentifier)
}

/** Who is known by a certificate has its name from there. */
function nameSet({ origin: { terms }, userName }: Link): number {
  if (!terms?.identityAsUserName && !terms?.subjectAsUserName) return SUCCESS
  return core.userNameSet(Buffer.from(userName!)) ? SUCCESS : QUOTA_EXCEEDED
}
