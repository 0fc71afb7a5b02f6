// Methods for enhanced authentication, as the program that embeds the broker brings them. [MQTT 5.0 section 4.12]
import {
  BAD_AUTHENTICATION_METHOD, CONTINUE_AUTHENTICATION, NOT_AUTHORIZED, QUOTA_EXCEEDED, SUCCESS, UNSPECIFIED_ERROR,
  UNSUPPORTED_PROTOCOL_VERSION,
} from '../../codec/reason_code'
import { memory } from '../../memory'
import { PORT_PENDING } from '../port'
import { memoryText } from './bytes'
import { clusterSeam } from './cluster_seam'
import { core } from './core_calls'
import { isVersionSpoken } from './judge'
import type { Link } from './link'
import { prefixSet, realmOf } from './realm'
import { refusalOf } from './refusal'
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
}

/** Judges the steps of one exchange after the other: the client's data, undefined where it sent none. */
export type AuthenticationExchange = (data: Uint8Array | undefined) => AuthenticationStep | Promise<AuthenticationStep>

/** Starts an exchange: at CONNECT, and again at each re-authentication; with the realm of the client's listener. */
export type AuthenticationMethod = (realm: string | undefined) => AuthenticationExchange

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
  // The Client Identifier, by which a session is asked for, is not told here.
  if (!method || !link || clusterSeam) return BAD_AUTHENTICATION_METHOD
  if (!isVersionSpoken(link)) return UNSUPPORTED_PROTOCOL_VERSION
  // Where the listener judges by certificate or Client Identifier, no other proof goes round it.
  const { terms } = link.origin
  if (terms?.identityAsUserName || terms?.subjectAsUserName || terms?.clientIdentifierPrefix
    || terms?.userNameAsClientIdentifier    || realmOf(terms?.realm).emptyClientIdentifier === false) {
    return BAD_AUTHENTICATION_METHOD
  }
  if (link.isWillDenied) return NOT_AUTHORIZED
  if (first) exchanges.set(link, method(terms?.realm))
  const data = dataSize < 0 ? undefined : memory.slice(dataStart, dataStart + dataSize)
  // Always answered later, so that a method that throws is treated like one that rejects.
  void Promise.resolve(data).then(exchanges.get(link))
    .then((step) => stepOf(step, link))
    .catch(() => ({ reasonCode: UNSPECIFIED_ERROR }))
    .then((step) => answer(slot, step))
  return PORT_PENDING

  function answer(answered: number, step: AuthenticationStep): void {
    if (linkOf(answered) !== link) return
    if (step.data) core.authDataSet(step.data)
    prefixSet(link!)
    core.brokerAuthenticated(answered, step.userName === undefined ? step.reasonCode : identify(link!, step))
  }
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
