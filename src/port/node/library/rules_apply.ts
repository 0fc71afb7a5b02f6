// Access rules in words become rows of the core.
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../../broker/access/access_kind'
import type { createBroker } from 'midge-mqtt'
import type { AccessRule } from './api'

type Instance = ReturnType<typeof createBroker>

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const ACCESS: Record<AccessRule['access'], number> = {
  read: READ, write: ACCESS_WRITE, readwrite: READ | ACCESS_WRITE, deny: READ | ACCESS_WRITE | ACCESS_DENY,
}

/** The core takes UTF-8 a byte a letter. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1')

function subject(rule: AccessRule): [number, string] {
  if (rule.clientIdentifier !== undefined) return [RULE_CLIENT, rule.clientIdentifier]
  if (rule.userName === null) return [RULE_ANONYMOUS, '']
  return rule.userName === undefined ? [RULE_PATTERN, ''] : [RULE_USER, rule.userName]
}

/** Puts `rules` in the place of those before; `localName` is the User Name of the program's own, who may do all. */
export function rulesApply(instance: Instance, rules: AccessRule[], localName: string): void {
  instance.accessRulesClear()
  if (!rules.length) return
  instance.accessRuleAdd(RULE_USER, localName, READ | ACCESS_WRITE, '#')
  instance.accessRuleAdd(RULE_USER, localName, READ, '$SYS/#')
  for (const rule of rules) {
    const [kind, name] = subject(rule)
    if (instance.accessRuleAdd(kind, bytes(name), ACCESS[rule.access], bytes(rule.filter))) continue
    // A rule that is left out could be one that denies: then nobody may do anything until the rules are right.
    instance.accessRulesClear()
    instance.accessRuleAdd(RULE_PATTERN, '', ACCESS.deny, '#')
    throw new TypeError(`The rule for ${rule.filter} is not taken: its filter is not valid, or there are too many.`)
  }
}
