// Who may do what in a home: in half of them everybody everything, in the others clients have names, some of them by
// certificate, and access rules of every kind stand together.

import type { Random } from '../model/random'
import { isSmall } from '../support/small_board'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../src/broker/access/access_kind'
import type { AccessRule, Board, Configuration } from '../support/world'

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const READ_WRITE = READ | ACCESS_WRITE

export const USERS = ['anna', 'bert', 'c+d']
export const passwordOf = (user: string): string => `${user}'s`

/** What rules of users are about: what the clients of a home publish. */
const FAMILIES = [
  '#', '#', 'tele/#', 'stat/#', 'cmnd/#', 'entity/#', 'alert/#', 'a/#', 'b/#', '+/+', 'tele/+/POWER', 'job/#', 'box/#',
  'homeassistant/status', '$d/#',
]

const rule = (kind: number, name: string, access: number, filter: string): AccessRule =>
  ({ kind, name, access, filter })

/** `isBoard`: its file has no word for some kinds of rules. A port that answers at once names nobody by certificate. */
export function rightsDraw(random: Random, board: Board, isBoard: boolean): Configuration {
  if (!board.FEATURE_ACCESS || random.oneIn(2)) return {}
  // The ones that stand for a name come first: they are looked at whenever anybody is to read or to write.
  const rules = [
    rule(RULE_PATTERN, '', READ_WRITE, 'box/%u/#'),
    rule(RULE_PATTERN, '', READ, random.pick(['mail/%c', 'job/+/%u'])),
    rule(RULE_ANONYMOUS, '', READ_WRITE, '#'), rule(RULE_ANONYMOUS, '', READ_WRITE, '$d/#'),
    rule(RULE_ANONYMOUS, '', READ, '$SYS/#'),
  ]
  // One place is for the owner's code.
  const count = Math.min(12, board.ACCESS_RULES_MAX - 1)
  while (rules.length < count) rules.push(draw(random, isBoard))
  const users = Object.fromEntries(USERS.map((user) => [user, passwordOf(user)]))
  // Where there may be no room for a name, nobody could say whether its client's former connection has ended.
  return { users, anonymous: true, rules, ...(isSmall(board) ? {} : { certificates: true }) }
}

function draw(random: Random, isBoard: boolean): AccessRule {
  const filter = random.pick(FAMILIES)
  if (random.oneIn(5)) {
    const denied = isBoard ? READ_WRITE : random.pick([READ, ACCESS_READ, ACCESS_WRITE, READ_WRITE])
    const narrow = filter === '#' ? 'a/b' : filter
    if (!isBoard && random.oneIn(3)) {
      return rule(RULE_CLIENT, `tinkerer-${random.below(6)}`, denied | ACCESS_DENY, narrow)
    }
    return random.oneIn(2) ? rule(RULE_USER, random.pick(USERS), denied | ACCESS_DENY, narrow)
      : rule(RULE_PATTERN, '', denied | ACCESS_DENY, narrow)
  }
  return rule(RULE_USER, random.pick(USERS), random.pick([READ, ACCESS_WRITE, READ_WRITE, READ_WRITE]), filter)
}

/** A client's name in a home, always the same; undefined: it has none. */
export function nameFor(clientId: string): { user: string | undefined, isCertified: boolean } {
  const number = [...clientId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7)
  const user = [undefined, undefined, ...USERS][number % 5]
  return { user, isCertified: user !== undefined && number % 3 === 0 }
}
