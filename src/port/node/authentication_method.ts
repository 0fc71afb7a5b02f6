// Methods for enhanced authentication, as the program that embeds the broker brings them. [MQTT 5.0 section 4.12]
import {
  BAD_AUTHENTICATION_METHOD, BAD_USER_NAME_OR_PASSWORD, CONTINUE_AUTHENTICATION, NOT_AUTHORIZED, QUOTA_EXCEEDED,
  SUCCESS, UNSPECIFIED_ERROR, UNSUPPORTED_PROTOCOL_VERSION,
} from '../../codec/reason_code'
import { memory } from '../../memory'
import { PORT_PENDING } from '../port'
import { memoryText } from './bytes'
import { core } from './core_calls'
import { loginFailed, loginTurn } from './guard/guard'
import { admission, claim, judgeClientIdentifier, isVersionSpoken } from './judge'
import type { Link } from './link'
import { isIdentified, prefixSet } from './realm'
import { CONNECTION_RATE_EXCEEDED, refusalOf } from './refusal'
import { tokenAdmit } from './token'
import type { GoodToken } from './tokens/token_verifier'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** What a method says to one step of an exchange. */
export interface AuthenticationStep {
  /** 0: the client is let in; 0x18: the exchange goes on; else it is refused: see refusal.ts. */
  reasonCode: number
  /** For the client. */
  data?: Uint8Array
  /** Who the client has proved to be, with reason code 0: its User Name from here on. */
  userName?: string
  /** The token by which it has. */
  token?: GoodToken
  /** Why not, for the log. */
  why?: string
}

/** Judges the steps of one exchange after the other: the client's data, undefined where it sent none. */
export type AuthenticationExchange = (data: Uint8Array | undefined) => AuthenticationStep | Promise<AuthenticationStep>

/**
 * Starts an exchange: at CONNECT, and again at each re-authentication; with the realm of the client's listener. null:
 * it is not for that realm.
 */
export type AuthenticationMethod = (realm: string | undefined) => AuthenticationExchange | null

let methods: Record<string, AuthenticationMethod> = {}
const exchanges = new WeakMap<object, AuthenticationExchange>()

/** Sets the methods by their names. */
export function authenticationMethodsSet(byName: Record<string, AuthenticationMethod>): void {
  methods = byName
}

export function portAuthExchange(
  slot: Slot, first: boolean, methodStart: Offset, methodSize: number, dataStart: Offset, dataSize: number,
): number {
  const link = linkOf(slot)
  const name = memoryText(methodStart, methodSize)
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (!method || !link) return BAD_AUTHENTICATION_METHOD
  if (link.origin.refusal) return link.origin.refusal
  if (!isVersionSpoken(link)) return UNSUPPORTED_PROTOCOL_VERSION
  // Where the listener judges by certificate, no other proof goes round it.
  const { terms } = link.origin
  if (isIdentified(terms) || terms?.userNameAsClientIdentifier) return BAD_AUTHENTICATION_METHOD
  if (link.willRefusal) return link.willRefusal
  if (first && !link.isConnected) {
    // Later steps come when another client's CONNECT may be the last.
    link.clientIdentifier = memoryText(core.claimStart(), core.claimSize())
    const refusal = judgeClientIdentifier(link)
    if (refusal) return refusal
  }
  if (first) {
    const exchange = method(terms?.realm)
    if (!exchange) return BAD_AUTHENTICATION_METHOD
    link.proof = name
    exchanges.set(link, exchange)
  }
  const data = dataSize < 0 ? undefined : memory.slice(dataStart, dataStart + dataSize)
  void stepAnswer(link, first, data).catch(() => ({ reasonCode: UNSPECIFIED_ERROR }))
    .then((step) => answer(link, step))
  return PORT_PENDING
}

/** What the exchange says of a step, when it is the turn of the client's address. */
async function stepAnswer(link: Link, first: boolean, data: Uint8Array | undefined): Promise<AuthenticationStep> {
  // Not before the core has returned: a method is the program's.
  await Promise.resolve()
  const { address } = link.origin
  if (first && !await loginTurn(address)) return { reasonCode: CONNECTION_RATE_EXCEEDED }
  const step = stepOf(await exchanges.get(link)!(data), link)
  if (step.reasonCode === BAD_USER_NAME_OR_PASSWORD || step.reasonCode === NOT_AUTHORIZED) loginFailed(address)
  if (step.reasonCode !== SUCCESS || link.isConnected) return step
  const reasonCode = await claim(link, SUCCESS)
  return reasonCode ? { reasonCode } : step
}

function answer(link: Link, step: AuthenticationStep): void {
  const { slot } = link
  if (linkOf(slot) !== link) return
  const { data, token, why } = step
  if (data) core.authDataSet(data)
  link.why = why
  prefixSet(link)
  const tell = (reasonCode: number): void =>
    core.brokerAuthenticated(slot, link.isConnected ? reasonCode : admission(link, reasonCode))
  if (token) tokenAdmit(link, token, tell)
  else tell(step.userName === undefined ? step.reasonCode : identify(link, step))
}

/** What a method has answered, with a Reason Code that the client can be told. */
function stepOf(step: AuthenticationStep, link: Link): AuthenticationStep {
  const { reasonCode } = step
  if (reasonCode === SUCCESS || reasonCode === CONTINUE_AUTHENTICATION) return step
  return { ...step, reasonCode: refusalOf(reasonCode, link.isConnected) }
}

/** Takes the name that a client has proved. One that is connected proves again who it is, and cannot become another. */
function identify(link: Link, step: AuthenticationStep): number {
  if (link.isConnected) return step.userName === link.userName ? step.reasonCode : NOT_AUTHORIZED
  link.userName = step.userName
  return core.userNameSet(Buffer.from(step.userName!)) ? step.reasonCode : QUOTA_EXCEEDED
}
