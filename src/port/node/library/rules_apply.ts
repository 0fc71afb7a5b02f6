// Access rules in words become rows of the core.
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../../broker/access/access_kind'
import { NONE } from '../../../limits'
import type { createBroker } from 'midge-mqtt'
import type { AccessRule, Realm } from './api'

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

/**
 * Puts the broker's own rules and those of its realms in the place of all before; `localName` is the User Name of the
 * program's own, who may do all.
 */
export function rulesApply(
  instance: Instance, rules: AccessRule[], realms: Record<string, Realm>, localName: string,
): void {
  const names = Object.keys(realms)
  const numbers = names.map((name) => instance.accessListOf(name))
  instance.accessRulesClear()
  // A session of before the start is of the only realm, or waits for its client to say of which it is.
  instance.accessListOfUnknown(numbers.length ? numbers.length === 1 ? numbers[0] : NONE : OWN)
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
    for (const list of [OWN, ...numbers]) instance.accessListBegin(list)
    throw error
  }
}
