// What access rules say, judged in Node as the core judges them (broker/access): for whoever asks beside a delivery.
import { filterMatches } from '../../client/topic_filter'
import type { AccessRule } from './library/api'

/** Whom rules are asked about. */
export interface RuleClient { clientIdentifier: string, userName: string | undefined }

const isForAll = (rule: AccessRule): boolean => rule.userName === undefined && rule.clientIdentifier === undefined

/** Whether a rule is for a client and covers a topic or a filter; a name that would widen a pattern is nobody's. */
function isMatch(rule: AccessRule, { clientIdentifier, userName }: RuleClient, topic: string): boolean {
  if (rule.clientIdentifier !== undefined) {
    return rule.clientIdentifier === clientIdentifier && filterMatches(rule.filter, topic)
  }
  if (rule.userName !== undefined) return rule.userName === (userName ?? null) && filterMatches(rule.filter, topic)
  let isGood = true
  const filter = rule.filter.replace(/%([uc])/g, (_all, letter) => {
    const name = letter === 'u' ? userName : clientIdentifier
    isGood &&= !!name && !/[+#/]/.test(name)
    return name ?? ''
  })
  return isGood && filterMatches(filter, topic)
}

const OTHER = { read: 'write', write: 'read' } as const

/**
 * Whether rules let a client read or write a topic, or all that a filter matches; undefined: none of them says anything
 * of it. In lists of files a client's own rules come before those for everybody.
 */
export function rulesSay(
  rules: AccessRule[], isOfFile: boolean, client: RuleClient, access: 'read' | 'write', topic: string,
): boolean | undefined {
  const matching = rules.filter((rule) => rule.access !== OTHER[access] && isMatch(rule, client, topic))
  const [own, common] = [matching.filter((rule) => !isForAll(rule)), matching.filter(isForAll)]
  const denies = (some: AccessRule[]): boolean => some.some((rule) => rule.access === 'deny')
  if (denies(own) || !isOfFile && denies(common)) return false
  if (own.length) return true
  return common.length ? !denies(common) : undefined
}
