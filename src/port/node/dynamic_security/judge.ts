// Who may come in and do what by dynamic security: a client's roles first, then those of its groups, each by priority;
// the first rule that matches decides, and where none does the default access.
import type { AccessAction, ClientClaim } from '../library/api'
import { type AclType, type DefaultType, type Ranks, type State, ranked } from './state'
import { ruleCovers } from './topic_rules'

interface Asked {
  clientIdentifier: string
  userName: string | undefined
  action: AccessAction
  topic: string
}

/** Kinds of rules that an action is judged by: those of whole filters first. */
const TYPES: Record<AccessAction, AclType[]> = {
  publish: ['publishClientSend'],
  receive: ['publishClientReceive'],
  subscribe: ['subscribeLiteral', 'subscribePattern'],
  unsubscribe: ['unsubscribeLiteral', 'unsubscribePattern'],
}
const DEFAULTS: Record<AccessAction, DefaultType> = {
  publish: 'publishClientSend', receive: 'publishClientReceive', subscribe: 'subscribe', unsubscribe: 'unsubscribe',
}

/** undefined: it does not know the user, or was given nothing to judge by. */
export async function authenticate({ clients }: State, claim: ClientClaim): Promise<boolean | undefined> {
  const { userName, password, clientIdentifier } = claim
  const client = userName === undefined ? undefined : clients.get(userName)
  if (!client || !password) return undefined
  if (client.disabled || client.clientid !== undefined && client.clientid !== clientIdentifier) return false
  return await client.credential?.verify(password) === true
}

export function allows(state: State, asked: Asked): boolean {
  const { userName, action, topic } = asked
  const client = userName === undefined ? undefined : state.clients.get(userName)
  const anonymous = userName === undefined && state.anonymousGroup !== undefined
    ? state.groups.get(state.anonymousGroup)
    : undefined
  // Whoever came in by another way than this one has no rights by it.
  if (userName !== undefined && !client) return false
  const groups = client ? ranked(client.groups).map(([name]) => state.groups.get(name)) : [anonymous]
  for (const roles of [client?.roles, ...groups.map((group) => group?.roles)]) {
    const answer = roles && byRoles(state, roles, asked)
    if (answer !== undefined) return answer
  }
  // Commands must be granted explicitly.
  return state.defaults[DEFAULTS[action]] && !topic.startsWith('$CONTROL')
}

/** undefined: no rule says anything. */
function byRoles({ roles }: State, ranks: Ranks, asked: Asked): boolean | undefined {
  const { action, topic, clientIdentifier, userName } = asked
  for (const [name] of ranked(ranks)) {
    const role = roles.get(name)
    if (!role) continue
    if (action === 'subscribe' && !role.allowwildcardsubs && /[+#]/.test(topic)) return false
    for (const type of TYPES[action]) {
      const found = role.acls.filter((acl) => acl.acltype === type)
        .sort((a, b) => b.priority - a.priority)
        .find((acl) => type.endsWith('Literal')
          ? acl.topic === topic
          : ruleCovers(acl.topic, topic, clientIdentifier, userName))
      if (found) return found.allow
    }
  }
  return undefined
}
