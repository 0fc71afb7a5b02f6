// Clients that have come in by a token: it names them, says what they may do where its realm has it so, and ends their
// connections. What a token says is judged in tokens/.
import { ACCESS_READ, ACCESS_UNSUBSCRIBE, ACCESS_WRITE } from '../../broker/access/access_kind'
import { NOT_AUTHORIZED, QUOTA_EXCEEDED, SUCCESS } from '../../codec/reason_code'
import { Answers } from './answers'
import { core } from './core_calls'
import { ruleCovers } from './dynamic_security/topic_rules'
import type { Link } from './link'
import { accessListOf } from './realm'
import type { Grant } from './tokens/claims'
import type { GoodToken } from './tokens/token_verifier'

/** The time for which a connection was authorised has passed. [MQTT 5.0 table 3-10] */
const MAXIMUM_CONNECT_TIME = 0xa0
/** The longest that a timer takes. */
const TIMER_MS_MAX = 2_147_483_647
/** Answers that are remembered of one token. */
const ANSWERS_MAX = 1_000

interface TokenClient {
  timer?: NodeJS.Timeout
  /** undefined: the rules for its User Name count. */
  grants?: Grant[]
  answers: Answers
}

const clients = new Map<Link, TokenClient>()
/** Those with grants, by list and Client Identifier. */
const byName = new Map<string, Link>()
/** Access lists that stand for what tokens grant. */
const tokenLists = new Set<number>()
/** The core is told of it at the moment: it may get its Client Identifier only then. */
let inHand: Link | null = null

const nameOf = (list: number, clientIdentifier: string): string => `${list}\0${clientIdentifier}`

/**
 * The access list of a realm's clients whose tokens have grants; throws where there are too many lists, so ask when
 * realms are set. No realm has a NUL in its name.
 */
export function tokenListOf(realm: string | undefined): number {
  const list = accessListOf(`${realm ?? ''}\0tokens`)
  tokenLists.add(list)
  return list
}

/**
 * Has the core let in a client that has a good token, or go on with one; `tell` tells it a Reason Code.
 */
export function tokenAdmit(link: Link, token: GoodToken, tell: (reasonCode: number) => void): void {
  const known = clients.get(link)
  if (link.isConnected) {
    // Nobody becomes another, and not by other rules.
    const isSame = token.userName === link.userName && known !== undefined
      && (known.grants === undefined) === (token.grants === null)
    if (!isSame) return tell(NOT_AUTHORIZED)
  } else {
    link.userName = token.userName
    if (!core.userNameSet(Buffer.from(token.userName))) return tell(QUOTA_EXCEEDED)
  }
  const client: TokenClient = { answers: new Answers(ANSWERS_MAX), grants: token.grants ?? undefined }
  clearTimeout(known?.timer)
  clients.set(link, client)
  if (!known) link.stream.once('close', () => forget(link))
  endLater(link, client, token.endsAt)
  if (client.grants) withGrants(link, () => tell(SUCCESS))
  else tell(SUCCESS)
}

/** While the core opens the session it asks what its client may do: it must know whose it is. */
function withGrants(link: Link, tell: () => void): void {
  const { terms } = link.origin
  const list = tokenListOf(terms?.realm)
  const name = nameOf(list, link.clientIdentifier)
  const before = byName.get(name)
  if (!link.isConnected) core.connectionTermsSet(link.slot, list, terms?.qosMax ?? 2)
  if (link.clientIdentifier) byName.set(name, link)
  // What was remembered is of the token before.
  core.accessListJudge(list)
  inHand = link
  tell()
  inHand = null
  if (link.isConnected) byName.set(nameOf(list, link.clientIdentifier), link)
  else if (before) byName.set(name, before)
  else byName.delete(name)
}

function endLater(link: Link, client: TokenClient, endsAt: number): void {
  const leftMs = endsAt - Date.now()
  client.timer = setTimeout(() => {
    if (leftMs > TIMER_MS_MAX) endLater(link, client, endsAt)
    else if (link.isOpen) core.brokerEnd(link.slot, MAXIMUM_CONNECT_TIME)
  }, Math.min(leftMs, TIMER_MS_MAX)).unref()
}

function forget(link: Link): void {
  const client = clients.get(link)
  clearTimeout(client?.timer)
  clients.delete(link)
  if (!client?.grants) return
  const name = nameOf(tokenListOf(link.origin.terms?.realm), link.clientIdentifier)
  if (byName.get(name) === link) byName.delete(name)
}

/** The core has forgotten all lists. */
export function tokenListsJudge(): void {
  for (const list of tokenLists) core.accessListJudge(list)
}

/** Whether a list is one of tokens: then tokenAllows judges. */
export const isTokenList = (list: number): boolean => tokenLists.has(list)

/** Whether the token of a client lets it do something. */
export function tokenAllows(
  list: number, clientIdentifier: string, userName: string | undefined, access: number, topic: string,
): boolean {
  if (access === ACCESS_UNSUBSCRIBE) return true
  const link = byName.get(nameOf(list, clientIdentifier))
  // A client that is away is judged when it comes, before it is sent anything.
  if (!link && access === ACCESS_READ) return true
  const client = clients.get(link ?? inHand!)
  if (!client?.grants || !link && inHand?.clientIdentifier) return false
  const { grants } = client
  const wanted = access === ACCESS_WRITE ? 'write' : 'read'
  return client.answers.of(`${access}${topic}`, () => grants.some((grant) =>
    (grant.access === wanted || grant.access === 'readwrite')
    && ruleCovers(grant.filter, topic, clientIdentifier, userName)))
}
