// Access rules in words become rows of the core.
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../../broker/access/access_kind'
import { NONE } from '../../../limits'
import type { createBroker } from 'midge-mqtt'
import { hasGrants } from '../tokens/claims'
import type { AccessRule, Realm, TokenOptions } from './api'

type Instance = ReturnType<typeof createBroker>

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const ACCESS: Record<AccessRule['access'], number> = {
  read: READ, write: ACCESS_WRITE, readwrite: READ | ACCESS_WRITE, deny: READ | ACCESS_WRITE | ACCESS_DENY,
}
/** The core's list for the broker's own rules. */
const OWN = 0

/** The core takes UTF-8 a byte a letter. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1')

function subject(rule: AccessRule): [number, string] {
  if (rule.clientIdentifier !== undefined) return [RULE_CLIENT, rule.clientIdentifier]
  if (rule.userName === null) return [RULE_ANONYMOUS, '']
  return rule.userName === undefined ? [RULE_PATTERN, ''] : [RULE_USER, rule.userName]
}

/** Adds the rules of one list. Throws where one is not taken. */
function listAdd(instance: Instance, list: number, rules: AccessRule[]): void {
  instance.accessListBegin(list)
  for (const rule of rules) {
    const [kind, name] = subject(rule)
    if (instance.accessRuleAdd(kind, bytes(name), ACCESS[rule.access], bytes(rule.filter))) continue
    throw new RangeError(`The rule for ${rule.filter} is not taken: there are too many.`)
  }
}

/** By which list a session of before the start is judged: of the only one, or it waits for its client to say. */
function listOfUnknown(numbers: number[], tokens: (TokenOptions | undefined)[]): number {
  if (numbers.length > 1 || tokens.some((options) => options && hasGrants(options))) return NONE
  return numbers[0] ?? OWN
}

/**
 * Puts the broker's own rules and those of its realms in the place of all before; `localName` is the User Name of the
 * program's own, who may do all, `ownTokens` are the broker's own.
 */
export function rulesApply(
  instance: Instance, rules: AccessRule[], realms: Record<string, Realm>, localName: string,
  ownTokens: TokenOptions | undefined,
): void {
  const names = Object.keys(realms)
  const numbers = names.map((name) => instance.accessListOf(name))
  const isGranting = (tokens: TokenOptions | undefined): boolean => tokens !== undefined && hasGrants(tokens)
  if (isGranting(ownTokens)) instance.tokenListOf(undefined)
  for (const name of names) if (isGranting(realms[name].tokens)) instance.tokenListOf(name)
  instance.accessRulesClear()
  instance.tokenListsJudge()
  instance.sourceRulesSet(new Map([
    ...rules.length ? [[OWN, rules] as const] : [],
    ...names.flatMap((name, i) => realms[name].accessRules ? [[numbers[i], realms[name].accessRules] as const] : []),
  ]))
  const tokens = [ownTokens, ...Object.values(realms).map((realm) => realm.tokens)]
  instance.accessListOfUnknown(listOfUnknown(numbers, tokens))
  try {
    if (rules.length) {
      const all = READ | ACCESS_WRITE
      instance.accessRuleAdd(RULE_USER, localName, all, '#')
      instance.accessRuleAdd(RULE_USER, localName, READ, '$SYS/#')
      listAdd(instance, OWN, rules)
    }
    for (const [i, name] of names.entries()) {
      const { accessRules, judge } = realms[name]
      if (judge) instance.accessListJudge(numbers[i])
      else if (accessRules) listAdd(instance, numbers[i], accessRules)
    }
  } catch (error) {
    // A rule that is left out could be one that denies: then nobody may do anything until the rules are right.
    instance.accessRulesClear()
    instance.tokenListsJudge()
    for (const list of [OWN, ...numbers]) instance.accessListBegin(list)
    throw error
  }
}
