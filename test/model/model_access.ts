// Access rules as mosquitto's acl_file has them: without any, everybody may do everything; else what none grants is
// denied, and one that denies wins.

import {
  ACCESS_DENY, ACCESS_SUBSCRIBE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../src/broker/access/access_kind'
import { certificateName, type AccessRule, type Configuration } from '../support/world'
import { naiveCovers, naiveMatch, naiveOverlap } from './naive_match'

/** Who asks: `user` is the name that the client gave or that the port gave it; undefined: none. */
export interface Asker {
  clientId: string
  user: string | undefined
}

/** Reason Codes of 5.0, and what 3.1.1 has for them. */
const BAD_CREDENTIALS = { code: 0x86, returnCode: 4 }
export const NOT_AUTHORIZED = { code: 0x87, returnCode: 5 }

/** Whether a client comes in with the name and the password of its CONNECT: as whom, or how it is refused. */
export function admit(
  { users, anonymous, certificates }: Configuration, clientId: string, user: string | undefined, password: string,
): { user: string | undefined, refusal?: typeof NOT_AUTHORIZED } {
  const certified = certificates ? certificateName(clientId) : undefined
  if (certified !== undefined) return { user: certified }
  if (!users) return { user }
  if (user === undefined) return anonymous ? { user } : { user, refusal: NOT_AUTHORIZED }
  return users[user] === password ? { user } : { user, refusal: BAD_CREDENTIALS }
}

export class ModelAccess {
  constructor(private readonly rules: readonly AccessRule[] = []) {}

  /** Whether somebody may read or write (ACCESS_READ or ACCESS_WRITE) a topic. */
  allows(asker: Asker, access: number, topic: string): boolean {
    if (this.rules.length === 0) return true
    const rules = this.rulesFor(asker, access).filter(({ filter }) => naiveMatch(filter, topic))
    return rules.length > 0 && rules.every((rule) => !(rule.access & ACCESS_DENY))
  }

  /** Whether somebody may subscribe: to a filter that some rule overlaps, unless another denies all of it. */
  allowsFilter(asker: Asker, filter: string): boolean {
    const wanted = filter
    if (this.rules.length === 0) return true
    const rules = this.rulesFor(asker, ACCESS_SUBSCRIBE)
    return !rules.some(({ access, filter }) => access & ACCESS_DENY && naiveCovers(filter, wanted))
      && rules.some(({ access, filter }) => !(access & ACCESS_DENY) && naiveOverlap(filter, wanted))
  }

  /** The rules that speak of this, with the names in place of %u and %c. */
  private rulesFor(asker: Asker, access: number): AccessRule[] {
    return this.rules.filter((rule) => rule.access & access && isFor(rule, asker)).flatMap((rule) => {
      const filter = rule.kind === RULE_PATTERN ? expanded(rule.filter, asker) : rule.filter
      return filter === undefined ? [] : [{ ...rule, filter }]
    })
  }
}

function isFor({ kind, name }: AccessRule, { clientId, user }: Asker): boolean {
  if (kind === RULE_ANONYMOUS) return user === undefined
  return kind === RULE_PATTERN || (kind === RULE_USER && user === name) || (kind === RULE_CLIENT && clientId === name)
}

/** A name that would widen the filter makes it nobody's: undefined. */
function expanded(filter: string, { clientId, user = '' }: Asker): string | undefined {
  const names = [...filter.matchAll(/%[uc]/g)].map(([letters]) => letters === '%u' ? user : clientId)
  if (names.some((name) => name === '' || /[+#/]/.test(name))) return undefined
  return filter.replace(/%[uc]/g, () => names.shift()!)
}
