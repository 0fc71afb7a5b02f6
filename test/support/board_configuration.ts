// What a case asks of the broker, as the midge.json of a board.

import { boardOf, type BundleName } from './board_bundle'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN,
} from '../../src/broker/access/access_kind'
import { Unsupported, type AccessRule, type Configuration } from './world'

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const WORDS: Record<number, string> = {
  [READ]: 'read',
  [ACCESS_WRITE]: 'write',
  [READ | ACCESS_WRITE]: 'readwrite',
  [READ | ACCESS_WRITE | ACCESS_DENY]: 'deny',
}

/** The rule in the words of an acl_file, behind the line that says for whom. */
function linesOf({ kind, name, access, filter }: AccessRule): string[] {
  const word = WORDS[access]
  if (!word || kind === RULE_CLIENT) throw new Unsupported('an acl_file has no word for this rule')
  if (kind === RULE_PATTERN) return [`pattern ${word} ${filter}`]
  return [...kind === RULE_ANONYMOUS ? [] : [`user ${name}`], `topic ${word} ${filter}`]
}

/** The files of a board's Storage that set it up so. */
export function boardConfiguration(name: BundleName, configuration: Configuration): Record<string, string> {
  const { users, anonymous, rules, ...rest } = configuration
  if (Object.keys(configuration).length === 0) return {}
  if (Object.keys(rest).length > 0 || !boardOf(name).FEATURE_BOARD_SERVICES) {
    throw new Unsupported('this configuration is not one of a board')
  }
  // In the file they stand before the first user.
  const isLate = ({ kind }: AccessRule): number => Number(kind !== RULE_ANONYMOUS)
  const anonymousFirst = [...rules ?? []].sort((a, b) => isLate(a) - isLate(b))
  return {
    'midge.json': JSON.stringify({
      users, allow_anonymous: anonymous, ...rules && { acl: anonymousFirst.flatMap(linesOf) },
    }),
  }
}
