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
import { loginFailed, loginTurn } from './guard/guard'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { isIdentified, prefixSet, realmOf } from './realm'
import { CONNECTION_RATE_EXCEEDED, SERVER_BUSY, SERVER_UNAVAILABLE, refusalOf } from './refusal'
import { scramMethod } from './scram'
import { tokenAdmit } from './token'
import { isToken } from './tokens/token_text'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** Milliseconds until a wrong password is refused: a guess costs time, and does not show what was wrong with it. */
const REFUSED_MS = 500

/** Milliseconds that the program has for its judgement. */
const HOOK_MS_MAX = 30_000

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
  if (link.origin.refusal) return link.origin.refusal
  if (!isVersionSpoken(link)) return UNSUPPORTED_PROTOCOL_VERSION
  if (link.willRefusal) return link.willRefusal
  const refusal = judgeClientIdentifier(link)
  if (refusal) return refusal
  if (terms?.userNameAsClientIdentifier && link.userName === undefined && !identity) return NOT_AUTHORIZED
  if (isIdentified(terms)) return judgeIdentity(link, identity)
  const password = passwordSize < 0 ? undefined : memory.slice(passwordStart, passwordStart + passwordSize)
  const { users, allowAnonymous, judge, tokens } = realmOf(terms?.realm)
  const text = tokens?.isUserName ? link.userName : tokens && password && Buffer.from(password).toString('latin1')
  if (text && isToken(text)) return later(link, 'token', () => judgeToken(link, text))
  if (hook) return later(link, 'hook', () => judgeByHook(link, password))
  // Where there are tokens a name proves nothing without one.
  if ((users || judge || tokens) && link.userName !== undefined) {
    return later(link, 'password', () => judgePassword(link, password))
  }
  const isAllowed = terms?.allowAnonymous ?? allowAnonymous ?? (!users && !tokens && isLoopback(link))
  return isAllowed ? letIn(link) : NOT_AUTHORIZED
}

/** In a realm it is mosquitto's word, which its clients know. */
const wrongOf = ({ origin: { terms } }: Link): number =>
  terms?.realm === undefined ? BAD_USER_NAME_OR_PASSWORD : NOT_AUTHORIZED

async function judgeToken(link: Link, token: string): Promise<number> {
  const { terms } = link.origin
  const verdict = await realmOf(terms?.realm).tokens!.verify(token)
  if ('why' in verdict) {
    link.why = verdict.why
    return verdict.isUnknown ? SERVER_UNAVAILABLE : wrongOf(link)
  }
  // The name that it has said is its Client Identifier by now.
  if (terms?.userNameAsClientIdentifier && verdict.userName !== link.userName) return wrongOf(link)
  link.token = verdict
  return SUCCESS
}

/** What the client of the CONNECT in hand calls itself, by its listener and its realm: SUCCESS or a Reason Code. */
export function judgeClientIdentifier({ clientIdentifier, origin: { terms } }: Link): number {
  if (!core.claimHasPlace()) return SERVER_BUSY
  if (reserved.has(clientIdentifier)) return CLIENT_IDENTIFIER_NOT_VALID
  const prefix = terms?.clientIdentifierPrefix
  // As mosquitto answers.
  if (prefix && !clientIdentifier.startsWith(prefix)) return NOT_AUTHORIZED
  const isMissing = !clientIdentifier && realmOf(terms?.realm).emptyClientIdentifier === false
  return isMissing ? CLIENT_IDENTIFIER_NOT_VALID : SUCCESS
}

function letIn(link: Link): number {
  if (clusterSeam) return later(link, link.proof, () => Promise.resolve(SUCCESS))
  prefixSet(link)
  return SUCCESS
}

function judgeIdentity(link: Link, identity: string | undefined): number {
  link.proof = link.origin.terms?.pskHint === undefined ? 'certificate' : 'key'
  if (!identity) return BAD_USER_NAME_OR_PASSWORD
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
  return wrongOf(link)
}

/**
 * The program is asked when the core has returned: whatever it does then does no harm. Its client waits, and is not
 * read, but not for ever.
 */
async function judgeByHook(link: Link, password: Uint8Array | undefined): Promise<number> {
  const { clientIdentifier, userName, origin } = link
  await Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<number>((resolve) => { timer = setTimeout(resolve, HOOK_MS_MAX, SERVER_UNAVAILABLE) })
  let answer: unknown
  try {
    answer = await Promise.race([hook!({ clientIdentifier, userName, password, address: origin.address }), late])
  } finally {
    clearTimeout(timer)
  }
  if (answer === true || answer === SUCCESS) return SUCCESS
  return answer === false ? BAD_USER_NAME_OR_PASSWORD : refusalOf(answer, false)
}

/** Judges when it is the turn of the client's address, has its session come from wherever it is, and tells the core. */
function later(link: Link, proof: string, judge: () => Promise<number>): number {
  link.proof = proof
  const judged = async (): Promise<number> => {
    if (!await loginTurn(link.origin.address)) return CONNECTION_RATE_EXCEEDED
    const reasonCode = await judge()
    if (reasonCode === BAD_USER_NAME_OR_PASSWORD || reasonCode === NOT_AUTHORIZED) loginFailed(link.origin.address)
    return claim(link, reasonCode)
  }
  void judged().catch(() => UNSPECIFIED_ERROR).then((reasonCode) => {
    if (linkOf(link.slot) !== link) return
    prefixSet(link)
    const tell = (code: number): void => core.brokerAuthenticated(link.slot, admission(link, code))
    if (link.token && reasonCode === SUCCESS) tokenAdmit(link, link.token, tell)
    else tell(reasonCode)
  })
  return PORT_PENDING
}

/** Whoever may come in has its session come from wherever it is. */
export function claim({ clientIdentifier }: Link, reasonCode: number): number | Promise<number> {
  return !clusterSeam || reasonCode || !clientIdentifier ? reasonCode : clusterSeam.claim(clientIdentifier)
}

/** What the core is told of who may come in: in between what is to keep its session may have gone. */
export function admission(link: Link, reasonCode: number): number {
  if (!clusterSeam || reasonCode) return reasonCode
  return clusterSeam.isReady ? nameSet(link) : SERVER_UNAVAILABLE
}

/** Who is known by a certificate has its name from there. */
function nameSet({ origin: { terms }, userName }: Link): number {
  if (!terms?.identityAsUserName && !terms?.subjectAsUserName) return SUCCESS
  return core.userNameSet(Buffer.from(userName!)) ? SUCCESS : QUOTA_EXCEEDED
}
