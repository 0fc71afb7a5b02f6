// Who may come in: users with passwords, clients with certificates, and anonymous clients where they are allowed.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, NOT_AUTHORIZED, QUOTA_EXCEEDED, SUCCESS, UNSPECIFIED_ERROR,
  UNSUPPORTED_PROTOCOL_VERSION,
} from '../../codec/reason_code'
import { memory } from '../../memory'
import { PORT_PENDING } from '../port'
import { memoryText } from './bytes'
import { core } from './core_calls'
import { type Credential, credentialOf } from './credential'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { refusalOf } from './refusal'
import { scramMethod } from './scram'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** Milliseconds until a wrong password is refused: a guess costs time, and does not show what was wrong with it. */
const REFUSED_MS = 500

/** The program's own judgement: true and 0 let in, nothing else does. */
type AuthenticateHook = NonNullable<BrokerOptions['authenticate']>

/** null: there are no users, and a User Name proves nothing. */
let users: Map<string, Credential> | null = null
/** undefined: from this computer only. */
let isAnonymousAllowed: boolean | undefined
let hook: AuthenticateHook | undefined
/** Verified for names that nobody has, so that the time tells nothing. */
const nobody = credentialOf('')

/** Sets the users and whether clients without a name may come in; who is connected stays so. */
export function usersSet(credentials: Map<string, Credential> | null, allowAnonymous: boolean | undefined): void {
  users = credentials
  isAnonymousAllowed = allowAnonymous
}

/** Sets the program's own judgement, which then takes the place of the users. */
export function authenticateHookSet(judgement: AuthenticateHook | undefined): void {
  hook = judgement
}

const refusedLater = async (): Promise<void> => {
  await sleep(REFUSED_MS)
}

/** SCRAM-SHA-256 over the same users. */
export const scram = scramMethod((name) => users?.get(name)?.scram, refusedLater)

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
  if (terms?.clientIdentifierPrefix && !link.clientIdentifier.startsWith(terms.clientIdentifierPrefix)) {
    return CLIENT_IDENTIFIER_NOT_VALID
  }
  if (terms?.identityAsUserName || terms?.subjectAsUserName) return judgeIdentity(link, identity)
  const password = passwordSize < 0 ? undefined : memory.slice(passwordStart, passwordStart + passwordSize)
  if (hook) return later(link, judgeByHook(link, password))
  if (users && link.userName !== undefined) return later(link, judgePassword(link.userName, password))
  const isAllowed = terms?.allowAnonymous ?? isAnonymousAllowed ?? (!users && isLoopback(link))
  return isAllowed ? SUCCESS : NOT_AUTHORIZED
}

function judgeIdentity(link: Link, identity: string | undefined): number {
  if (!identity) return NOT_AUTHORIZED
  link.userName = identity
  return core.userNameSet(Buffer.from(identity)) ? SUCCESS : QUOTA_EXCEEDED
}

async function judgePassword(name: string, password: Uint8Array | undefined): Promise<number> {
  const known = users?.get(name)
  const isRight = await (known ?? nobody).verify(password ?? new Uint8Array(0))
  if (known && isRight && password) return SUCCESS
  await refusedLater()
  return BAD_USER_NAME_OR_PASSWORD
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
  void judgement.catch(() => UNSPECIFIED_ERROR).then((reasonCode) => {
    if (linkOf(link.slot) !== link) return
    core.brokerAuthenticated(link.slot, reasonCode)
  })
  return PORT_PENDING
}
